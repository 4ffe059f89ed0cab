using System.Text;
using Tallygate.Model;

namespace Tallygate.Gateway;

/// <summary>Percent-encoded URL text.</summary>
public static class PercentText
{
    /// <summary>Decodes every <c>%XX</c>; false where one is malformed. Bytes that are not UTF-8 come as <see cref="ByteText"/> holds them.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out string decoded)
    {
        if (text.IndexOf('%') < 0)
        {
            decoded = text.ToString();
            return true;
        }

        decoded = "";
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var written = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf('%');
            if (plain != 0)
            {
                plain = plain < 0 ? text.Length : plain;
                written += Encoding.UTF8.GetBytes(text[..plain], bytes.AsSpan(written));
                text = text[plain..];
                continue;
            }

            if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
            {
                return false;
            }

            bytes[written++] = (byte)((HexDigit(text[1]) << 4) | HexDigit(text[2]));
            text = text[3..];
        }

        decoded = ByteText.Decode(bytes.AsSpan(0, written));
        return true;
    }

    private static int HexDigit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
