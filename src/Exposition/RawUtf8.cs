using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Tallygate.Exposition;

/// <summary>
/// UTF-8 to strings and back without loss, even where the bytes are not UTF-8: a byte that belongs to no character becomes the lone
/// surrogate U+DC80 to U+DCFF, which no valid text can hold. Upstream keeps such bytes in HELP and exposes them again.
/// </summary>
public static class RawUtf8
{
    /// <summary>The string for <paramref name="bytes"/>.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var b in bytes[..consumed])
                {
                    text.Append((char)(0xDC00 | b));
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>How many bytes <see cref="Encode"/> writes.</summary>
    public static int ByteCount(ReadOnlySpan<char> text)
    {
        // Names and label values are short: counting them by hand beats looking for surrogates first.
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                count += 4;
                i++;
            }
            else
            {
                count += c < 0x80 || IsRawByte(c) ? 1 : c < 0x800 ? 2 : 3;
            }
        }

        return count;
    }

    /// <summary>Writes <paramref name="text"/>, which fits when <paramref name="destination"/> has three bytes for each character.</summary>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(text, destination[written..], out var read, out var wrote, replaceInvalidSequences: false);
            written += wrote;
            text = text[read..];
            if (status == OperationStatus.Done)
            {
                return written;
            }

            if (status == OperationStatus.DestinationTooSmall)
            {
                throw new ArgumentException("the destination is too small", nameof(destination));
            }

            if (IsRawByte(text[0]))
            {
                destination[written++] = (byte)text[0];
            }
            else
            {
                "\uFFFD"u8.CopyTo(destination[written..]);
                written += 3;
            }

            text = text[1..];
        }
    }

    private static bool IsRawByte(char c) => c is >= '\uDC80' and <= '\uDCFF';
}
