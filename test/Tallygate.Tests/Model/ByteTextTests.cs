using CsCheck;
using Tallygate.Model;

namespace Tallygate.Tests.Model;

/// <summary>Bytes that may not be UTF-8, as strings and back.</summary>
public sealed class ByteTextTests
{
    // Bytes that begin, continue and break sequences.
    private static readonly byte[] Telling = [(byte)'a', 0, 0x7F, 0x80, 0xBF, 0xC3, 0xA4, 0xE2, 0x82, 0xAC, 0xED, 0xA0, 0xF0, 0x9F, 0x98, 0xFF];

    private static readonly Gen<byte> GenByte = Gen.Int[0, Telling.Length - 1].Select(i => Telling[i]);

    [Fact]
    public void Any_bytes_come_back() => GenByte.Array[0, 40].Sample(bytes =>
    {
        var text = ByteText.Decode(bytes);
        Assert.Equal(bytes.Length, ByteText.ByteCount(text));
        Assert.Equal(bytes, ByteText.Encode(text));
        var room = new byte[text.Length * 3];
        Assert.Equal(bytes, room[..ByteText.Encode(text, room)]);
    });

    [Fact]
    public void Lone_surrogates_that_stand_for_no_byte_become_replacement_characters()
    {
        Check("a\uD800b", "61EFBFBD62");
        Check("\uDC7F", "EFBFBD");
        Check("\uDCFF\uD83D\uDE00", "FFF09F9880");
        Check("\uD83D\uDC80", "F09F9280");
    }

    private static void Check(string text, string hex)
    {
        Assert.Equal(hex, Convert.ToHexString(ByteText.Encode(text)));
        Assert.Equal(hex.Length / 2, ByteText.ByteCount(text));
    }
}
