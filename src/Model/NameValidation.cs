namespace Tallygate.Model;

/// <summary>The two schemes by which names are valid: Prometheus's old pattern, and any non-empty UTF-8.</summary>
public static class NameValidation
{
    /// <summary><c>[a-zA-Z_:][a-zA-Z0-9_:]*</c></summary>
    public static bool IsLegacyMetricName(ReadOnlySpan<char> name) => IsLegacy(name, colon: true);

    /// <summary><c>[a-zA-Z_][a-zA-Z0-9_]*</c></summary>
    public static bool IsLegacyLabelName(ReadOnlySpan<char> name) => IsLegacy(name, colon: false);

    /// <summary>Whether all names of the labels are of the old pattern.</summary>
    public static bool AreLegacyLabelNames(Labels labels)
    {
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (!IsLegacyLabelName(label.Name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it is of the old pattern: a label's name, or a metric's, which may have colons.</summary>
    public static bool IsLegacyName(ReadOnlySpan<char> name, bool isLabel) => IsLegacy(name, colon: !isLabel);

    /// <summary>Not empty and without lone surrogates, which no UTF-8 text can hold.</summary>
    public static bool IsUtf8Name(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(name[i]))
            {
                return false;
            }
        }

        return !name.IsEmpty;
    }

    private static bool IsLegacy(ReadOnlySpan<char> name, bool colon)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0]))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && !(colon && c == ':'))
            {
                return false;
            }
        }

        return true;
    }
}
