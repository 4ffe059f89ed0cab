using Tallygate.Model;

namespace Tallygate.Gateway;

/// <summary>URL-safe base64 as the push path takes it: any number of <c>=</c> at the end, line breaks skipped, spare bits
/// ignored.</summary>
internal static class Base64Text
{
    /// <summary>Decodes; where that fails, <paramref name="decoded"/> is what came before the illegal place, in whole groups of
    /// four.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out string decoded, out string reason)
    {
        text = text.TrimEnd('=');
        var bytes = new byte[(text.Length * 3 / 4) + 3];
        var written = 0;
        var bits = 0;
        var held = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\r' or '\n')
            {
                continue;
            }

            var digit = Digit(text[i]);
            if (digit < 0)
            {
                return Fail(bytes.AsSpan(0, written), i, out decoded, out reason);
            }

            bits = (bits << 6) | digit;
            if (++held == 4)
            {
                bytes[written++] = (byte)(bits >> 16);
                bytes[written++] = (byte)(bits >> 8);
                bytes[written++] = (byte)bits;
                bits = 0;
                held = 0;
            }
        }

        if (held == 1)
        {
            return Fail(bytes.AsSpan(0, written), text.Length - 1, out decoded, out reason);
        }

        if (held >= 2)
        {
            bytes[written++] = (byte)(bits >> (held == 2 ? 4 : 10));
        }

        if (held == 3)
        {
            bytes[written++] = (byte)(bits >> 2);
        }

        decoded = ByteText.Decode(bytes.AsSpan(0, written));
        reason = "";
        return true;
    }

    private static bool Fail(ReadOnlySpan<byte> before, int at, out string decoded, out string reason)
    {
        decoded = ByteText.Decode(before);
        reason = $"illegal base64 data at input byte {at}";
        return false;
    }

    private static int Digit(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        '_' => 63,
        _ => -1,
    };
}
