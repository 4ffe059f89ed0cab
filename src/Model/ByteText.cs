using System.Buffers;
using System.Text;
using System.Text.Unicode;

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
                    text.Append((char)(0xDC00 + b));
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>The bytes that <paramref name="text"/> stands for; any other lone surrogate becomes U+FFFD.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[ByteCount(text)];
        Encode(text, bytes);
        return bytes;
    }

    /// <summary>How many bytes <see cref="Encode(ReadOnlySpan{char}, Span{byte})"/> writes.</summary>
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

    /// <summary>Writes the bytes that <paramref name="text"/> stands for; three for each char are always room enough.</summary>
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

    /// <summary>Whether a char, found outside a surrogate pair, stands for one byte that is not UTF-8.</summary>
    public static bool IsRawByte(char c) => c is >= '\uDC80' and <= '\uDCFF';
}
