using System.Buffers;
using System.Text;

namespace Tallygate.Gateway;

/// <summary>Percent-encoded URL text, and bytes that need not be UTF-8 as text: such a byte becomes the lone surrogate U+DC00 plus the
/// byte.</summary>
internal static class PercentText
{
    /// <summary>Decodes every <c>%XX</c>; false where one is malformed.</summary>
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

        decoded = FromUtf8(bytes.AsSpan(0, written));
        return true;
    }

    /// <summary>The bytes as text.</summary>
    public static string FromUtf8(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var taken) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
                bytes = bytes[taken..];
            }
            else
            {
                text.Append((char)(0xDC00 + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    private static int HexDigit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
