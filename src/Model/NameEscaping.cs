using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tallygate.Model;

/// <summary>
/// Names beyond the old pattern written within it, by the schemes that Prometheus and its scrape targets agree on, and one of them reversed.
/// Source: the <c>escaping</c> parameter of Prometheus's content negotiation.
/// </summary>
public static class NameEscaping
{
    private const string ValuesPrefix = "U__";

    // "_ffff_" for one char; a pair of them has at most "_10ffff_".
    private const int LongestEscape = 6;

    /// <summary>The word by which headers name the scheme.</summary>
    public static string NameOf(EscapingScheme scheme) => scheme switch
    {
        EscapingScheme.AllowUtf8 => "allow-utf-8",
        EscapingScheme.Underscores => "underscores",
        EscapingScheme.Dots => "dots",
        EscapingScheme.Values => "values",
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };

    /// <summary>The scheme that a header names; false where there is none of that name.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EscapingScheme scheme)
    {
        for (scheme = EscapingScheme.AllowUtf8; scheme <= EscapingScheme.Values; scheme++)
        {
            if (text.SequenceEqual(NameOf(scheme)))
            {
                return true;
            }
        }

        scheme = default;
        return false;
    }

    /// <summary>How many bytes <see cref="Escape(ReadOnlySpan{char}, EscapingScheme, bool, Span{byte})"/> can write for a name of that many chars.</summary>
    public static int MaxLength(int chars) => ValuesPrefix.Length + (LongestEscape * chars);

    /// <summary>The name in that scheme. A name of the old pattern, an empty one, and every name in <see cref="EscapingScheme.AllowUtf8"/> stay as they are.</summary>
    /// <param name="isLabel">Whether it is a label's name, in which the old pattern allows no colon.</param>
    [return: NotNullIfNotNull(nameof(name))]
    public static string? Escape(string? name, EscapingScheme scheme, bool isLabel)
    {
        if (string.IsNullOrEmpty(name) || scheme == EscapingScheme.AllowUtf8 || NameValidation.IsLegacyName(name, isLabel))
        {
            return name;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(MaxLength(name.Length));
        var text = Encoding.ASCII.GetString(bytes, 0, Escape(name, scheme, isLabel, bytes));
        ArrayPool<byte>.Shared.Return(bytes);
        return text;
    }

    /// <summary>Writes a name that is not of the old pattern in one of the schemes that escape; what comes is ASCII. Gives the number of bytes.</summary>
    public static int Escape(ReadOnlySpan<char> name, EscapingScheme scheme, bool isLabel, Span<byte> destination)
    {
        var written = 0;
        if (scheme == EscapingScheme.Values)
        {
            Put("U__"u8, destination, ref written);
        }

        for (var i = 0; i < name.Length;)
        {
            // A byte that is no UTF-8 stands as a lone surrogate and counts as U+FFFD.
            Rune.DecodeFromUtf16(name[i..], out var rune, out var length);
            var allowed = IsAllowed(rune.Value, first: i == 0, isLabel);
            i += length;
            switch (scheme)
            {
                case EscapingScheme.Underscores:
                    destination[written++] = allowed ? (byte)rune.Value : (byte)'_';
                    break;
                case EscapingScheme.Dots when rune.Value == '.':
                    Put("_dot_"u8, destination, ref written);
                    break;
                case EscapingScheme.Dots or EscapingScheme.Values when rune.Value == '_':
                    Put("__"u8, destination, ref written);
                    break;
                case EscapingScheme.Dots or EscapingScheme.Values when allowed:
                    destination[written++] = (byte)rune.Value;
                    break;
                case EscapingScheme.Dots:
                    Put("__"u8, destination, ref written);
                    break;
                case EscapingScheme.Values:
                    destination[written++] = (byte)'_';
                    rune.Value.TryFormat(destination[written..], out var digits, "x", CultureInfo.InvariantCulture);
                    written += digits;
                    destination[written++] = (byte)'_';
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(scheme));
            }
        }

        return written;
    }

    /// <summary>
    /// The name that <see cref="EscapingScheme.Values"/> made <paramref name="escaped"/> of. What does not begin with <c>U__</c>, or is escaped
    /// wrongly somewhere, comes back whole as it is.
    /// </summary>
    public static string UnescapeValues(string escaped)
    {
        if (!escaped.StartsWith(ValuesPrefix, StringComparison.Ordinal))
        {
            return escaped;
        }

        var name = new StringBuilder(escaped.Length);
        for (var i = ValuesPrefix.Length; i < escaped.Length; i++)
        {
            if (escaped[i] != '_')
            {
                name.Append(escaped[i]);
                continue;
            }

            var digits = escaped.AsSpan(i + 1);
            var length = digits.IndexOf('_');
            if (length == 0)
            {
                name.Append('_');
            }
            else if (length is < 0 or > 6 || !int.TryParse(digits[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                || !Rune.IsValid(code))
            {
                return escaped;
            }
            else
            {
                name.Append(new Rune(code).ToString());
            }

            i += length + 1;
        }

        return name.ToString();
    }

    private static bool IsAllowed(int c, bool first, bool isLabel) =>
        c is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') || (c is >= '0' and <= '9' && !first) || (c == ':' && !isLabel);

    private static void Put(ReadOnlySpan<byte> bytes, Span<byte> to, ref int at)
    {
        bytes.CopyTo(to[at..]);
        at += bytes.Length;
    }
}
