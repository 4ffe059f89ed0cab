using System.Buffers;
using System.Text;

namespace Tallygate.Model;

/// <summary>
/// Bytes that may not be UTF-8 as a string, and back, without loss: a byte that belongs to no valid sequence becomes the lone
/// surrogate U+DC00 plus the byte (U+DC80 to U+DCFF). Everything in the house that holds such text holds it this way.
/// </summary>
public static class ByteText
{
    /// <summary>The string that stands for <paramref name="bytes"/>.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var used);
            if (status == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                foreach (var b in bytes[..used])
                {
                    text.Append((char)(0xDC00 + b));
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }

    /// <summary>The bytes that <paramref name="text"/> stands for; any other lone surrogate becomes U+FFFD.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length);
        while (!text.IsEmpty)
        {
            if (IsRawByte(text[0]))
            {
                bytes.Write([(byte)text[0]]);
                text = text[1..];
                continue;
            }

            Rune.DecodeFromUtf16(text, out var rune, out var used);
            var target = bytes.GetSpan(4);
            bytes.Advance(rune.EncodeToUtf8(target));
            text = text[used..];
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Whether a char, found outside a surrogate pair, stands for one byte that is not UTF-8.</summary>
    public static bool IsRawByte(char c) => c is >= '\uDC80' and <= '\uDCFF';
}
