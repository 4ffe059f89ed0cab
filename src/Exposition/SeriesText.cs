using System.Buffers;
using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>
/// Names, labels and escaped text, as both text formats write them. A name that is not of the old pattern is escaped by the scheme asked for, or
/// stands in quotes, a metric's then inside the braces. Allocates nothing.
/// </summary>
internal static class SeriesText
{
    /// <summary>Writes a name of its own: that of a label, or a metric's on a HELP, TYPE or UNIT line.</summary>
    public static void WriteName(IBufferWriter<byte> target, ReadOnlySpan<char> name, bool isLabel, EscapingScheme escaping)
    {
        if (NameValidation.IsLegacyName(name, isLabel))
        {
            WriteRaw(target, name);
        }
        else if (escaping == EscapingScheme.AllowUtf8)
        {
            target.Write("\""u8);
            WriteEscaped(target, name, quotes: true);
            target.Write("\""u8);
        }
        else
        {
            target.Advance(NameEscaping.Escape(name, escaping, isLabel, target.GetSpan(NameEscaping.MaxLength(name.Length))));
        }
    }

    /// <summary>Writes a series' name with its suffix and its labels; whether a brace is open then.</summary>
    public static bool Begin(
        IBufferWriter<byte> target, ReadOnlySpan<char> name, ReadOnlySpan<byte> suffix, Labels labels, EscapingScheme escaping)
    {
        var inside = escaping == EscapingScheme.AllowUtf8 && !NameValidation.IsLegacyMetricName(name);
        if (inside)
        {
            target.Write("{\""u8);
            WriteEscaped(target, name, quotes: true);
            target.Write(suffix);
            target.Write("\""u8);
        }
        else
        {
            WriteName(target, name, isLabel: false, escaping);
            target.Write(suffix);
        }

        return WriteLabels(target, labels, escaping, inside);
    }

    /// <summary>Writes labels after an opening brace or, where <paramref name="open"/> already, a comma; whether a brace is open then.</summary>
    public static bool WriteLabels(IBufferWriter<byte> target, Labels labels, EscapingScheme escaping, bool open)
    {
        foreach (ref readonly var label in labels.AsSpan())
        {
            target.Write(open ? ","u8 : "{"u8);
            open = true;
            WriteName(target, label.Name, isLabel: true, escaping);
            target.Write("=\""u8);
            WriteEscaped(target, label.Value, quotes: true);
            target.Write("\""u8);
        }

        return open;
    }

    /// <summary>Writes text with backslashes and newlines escaped, and <paramref name="quotes"/> if so asked.</summary>
    public static void WriteEscaped(IBufferWriter<byte> target, ReadOnlySpan<char> text, bool quotes)
    {
        while (true)
        {
            var next = quotes ? text.IndexOfAny('\\', '\n', '"') : text.IndexOfAny('\\', '\n');
            if (next < 0)
            {
                WriteRaw(target, text);
                return;
            }

            WriteRaw(target, text[..next]);
            target.Write(text[next] switch
            {
                '\\' => "\\\\"u8,
                '\n' => "\\n"u8,
                _ => "\\\""u8,
            });
            text = text[(next + 1)..];
        }
    }

    private static void WriteRaw(IBufferWriter<byte> target, ReadOnlySpan<char> text)
    {
        const int LongestAtOnce = 1_024;
        while (text.Length > LongestAtOnce)
        {
            // A pair of surrogates is one character and must stay together.
            var part = char.IsHighSurrogate(text[LongestAtOnce - 1]) ? LongestAtOnce - 1 : LongestAtOnce;
            target.Advance(ByteText.Encode(text[..part], target.GetSpan(3 * part)));
            text = text[part..];
        }

        if (!text.IsEmpty)
        {
            target.Advance(ByteText.Encode(text, target.GetSpan(3 * text.Length)));
        }
    }
}
