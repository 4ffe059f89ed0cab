using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>
/// Reads the lines of a text push into a <see cref="MetricFamilyAssembler"/>. The order of its checks is upstream's, since the first that fails
/// words the answer. The rules that are upstream's accidents (a name continued by a quote, a type with backslashes in it) are kept where they
/// accept or refuse something, but for labels before any name, which upstream gives to the metric of the line before.
/// </summary>
internal ref struct PushTextReader
{
    private readonly TextParseOptions _options;
    private readonly Utf8StringPool _pool;
    private readonly MetricFamilyAssembler _assembler;
    private LineCursor _cursor;
    private bool _failed;

    public PushTextReader(ReadOnlySpan<byte> body, TextParseOptions options, Utf8StringPool pool, MetricFamilyAssembler assembler)
    {
        _cursor = new LineCursor(body);
        _options = options;
        _pool = pool;
        _assembler = assembler;
    }

    /// <summary>What was wrong, once <see cref="ReadAll"/> has given false.</summary>
    public ExpositionError Error { get; private set; }

    /// <summary>Reads every line.</summary>
    public bool ReadAll()
    {
        while (!_failed && _cursor.NextLine())
        {
            _cursor.SkipBlanks();
            switch (_cursor.Current)
            {
                case '\n' or LineCursor.End:
                    break;
                case '#':
                    _cursor.At++;
                    ReadComment();
                    break;
                default:
                    ReadSample();
                    break;
            }
        }

        return !_failed;
    }

    private void ReadComment()
    {
        _cursor.SkipBlanks();
        var keyword = _cursor.TakeWord();
        var isHelp = keyword.SequenceEqual("HELP"u8);
        if (_cursor.AtLineEnd || (!isHelp && !keyword.SequenceEqual("TYPE"u8)))
        {
            _cursor.At = _cursor.Line.Length;
            FailAtTextEnd();
            return;
        }

        _cursor.SkipBlanks();
        var name = TakeName(isMetric: true);
        if (_failed || FailAtTextEnd() || _cursor.Current == '\n')
        {
            return;
        }

        if (_cursor.Current is not (' ' or '\t'))
        {
            Fail("invalid metric name in comment");
            return;
        }

        if (!EnterFamily(name))
        {
            return;
        }

        _cursor.SkipBlanks();
        if (FailAtTextEnd() || _cursor.Current == '\n')
        {
            return;
        }

        if (isHelp)
        {
            ReadHelp();
        }
        else
        {
            ReadType();
        }
    }

    private void ReadHelp()
    {
        var family = _assembler.Family;
        if (family.Help is not null)
        {
            Fail($"second HELP line for metric name {GoQuote.Quote(family.Name)}");
            return;
        }

        var text = _cursor.Rest;
        if (text.Contains((byte)'\\'))
        {
            text = Unescape(text);
        }

        if (!_failed)
        {
            _cursor.At = _cursor.Line.Length;
            if (!FailAtTextEnd())
            {
                family.Help = _pool.Get(text);
            }
        }
    }

    private void ReadType()
    {
        var family = _assembler.Family;
        if (family.Type is not null)
        {
            Fail($"second TYPE line for metric name {GoQuote.Quote(family.Name)}, or TYPE reported after samples");
            return;
        }

        var text = TakeLineWithoutBackslashes();
        if (FailAtTextEnd())
        {
            return;
        }

        family.Type = text.ToUpperInvariant() switch
        {
            "COUNTER" => MetricType.Counter,
            "GAUGE" => MetricType.Gauge,
            "SUMMARY" => MetricType.Summary,
            "UNTYPED" => MetricType.Untyped,
            "HISTOGRAM" => MetricType.Histogram,
            "GAUGE_HISTOGRAM" or "GAUGEHISTOGRAM" => MetricType.GaugeHistogram,
            _ => null,
        };
        if (family.Type is null)
        {
            Fail($"unknown metric type {GoQuote.Quote(text)}");
        }
    }

    private void ReadSample()
    {
        _assembler.BeginSample();
        if (_cursor.Current != '{')
        {
            var name = TakeName(isMetric: true);
            if (_failed || FailAtTextEnd())
            {
                return;
            }

            if (name.IsEmpty)
            {
                Fail("invalid metric name");
                return;
            }

            if (!EnterFamily(name))
            {
                return;
            }

            _assembler.FixType();
            _cursor.SkipBlanks();
            if (FailAtTextEnd())
            {
                return;
            }
        }

        if (_cursor.Current == '{')
        {
            _cursor.At++;
            ReadLabels(nameInside: !_assembler.InFamily);
            if (_failed)
            {
                return;
            }

            _cursor.SkipBlanks();
        }

        ReadValue();
    }

    private void ReadLabels(bool nameInside)
    {
        while (true)
        {
            _cursor.SkipBlanks();
            if (FailAtTextEnd())
            {
                return;
            }

            if (_cursor.Current == '}')
            {
                EndLabels();
                return;
            }

            var name = TakeName(isMetric: false);
            if (_failed || FailAtTextEnd())
            {
                return;
            }

            if (name.IsEmpty)
            {
                Fail($"invalid label name for metric {GoQuote.Quote(_assembler.FamilyName)}");
                return;
            }

            _cursor.SkipBlanks();
            if (FailAtTextEnd())
            {
                return;
            }

            if (_cursor.Current == '=')
            {
                _cursor.At++;
                if (!ReadLabel(name))
                {
                    return;
                }
            }
            else if (!ReadNameInside(name, nameInside))
            {
                return;
            }

            if (_cursor.Current == '}')
            {
                EndLabels();
                return;
            }

            _cursor.At++;
        }
    }

    private void EndLabels()
    {
        _cursor.At++;
        if (!_assembler.InFamily)
        {
            Fail("invalid metric name");
        }
    }

    /// <summary>A quoted string in braces without a value: the metric name. Leaves the cursor at the comma or brace behind it.</summary>
    private bool ReadNameInside(ReadOnlySpan<byte> name, bool allowed)
    {
        if (!allowed)
        {
            return Fail($"expected '=' after label name, found {QuoteByte(_cursor.Current)}");
        }

        if (_assembler.InFamily)
        {
            return Fail($"multiple metric names for metric {GoQuote.Quote(_assembler.FamilyName)}");
        }

        if (_cursor.Current is not (',' or '}'))
        {
            return Fail($"unexpected end of metric name {QuoteByte(_cursor.Current)}");
        }

        if (!EnterFamily(name))
        {
            return false;
        }

        _assembler.FixType();
        return _assembler.TakeBoundFromLabels(out var badBound, out var label)
            || Fail($"expected float as value for '{label}' label, got {GoQuote.Quote(badBound)}");
    }

    /// <summary>Reads what follows the equals sign and leaves the cursor at the comma or brace behind the value.</summary>
    private bool ReadLabel(ReadOnlySpan<byte> nameBytes)
    {
        var name = _pool.Get(nameBytes);
        if (name == Labels.MetricName)
        {
            return Fail($"label name {GoQuote.Quote(name)} is reserved");
        }

        if (_options.Utf8Names ? !NameValidation.IsUtf8Name(name) : !NameValidation.IsLegacyLabelName(name))
        {
            return Fail($"invalid label name {GoQuote.Quote(name)}");
        }

        if (!_assembler.TryAddLabelName(name))
        {
            return Fail($"duplicate label names for metric {GoQuote.Quote(_assembler.FamilyName)}");
        }

        _cursor.SkipBlanks();
        if (FailAtTextEnd())
        {
            return false;
        }

        if (_cursor.Current != '"')
        {
            return Fail($"expected '\"' at start of label value, found {QuoteByte(_cursor.Current)}");
        }

        _cursor.At++;
        var value = TakeQuoted("label value");
        if (_failed)
        {
            return false;
        }

        if (!Utf8.IsValid(value))
        {
            return Fail($"invalid label value {GoQuote.Quote(RawUtf8.Decode(value))}");
        }

        if (!_assembler.TrySetLabelValue(name, _pool, value))
        {
            return Fail($"expected float as value for '{name}' label, got {GoQuote.Quote(RawUtf8.Decode(value))}");
        }

        _cursor.SkipBlanks();
        if (FailAtTextEnd())
        {
            return false;
        }

        return _cursor.Current is ',' or '}'
            || Fail($"unexpected end of label value {GoQuote.Quote(RawUtf8.Decode(value))}");
    }

    private void ReadValue()
    {
        var word = _cursor.TakeWord();
        if (FailAtTextEnd())
        {
            return;
        }

        if (!FloatText.TryParse(word, out var value))
        {
            Fail($"expected float as value, got {GoQuote.Quote(RawUtf8.Decode(word))}");
            return;
        }

        if (_assembler.AddValue(value) is { } refusal)
        {
            Fail($"{refusal} for histogram {GoQuote.Quote(_assembler.FamilyName)}");
            return;
        }

        if (_cursor.Current == '\n')
        {
            return;
        }

        _cursor.SkipBlanks();
        word = _cursor.TakeWord();
        if (FailAtTextEnd())
        {
            return;
        }

        if (!TryParseTimestamp(word, out var timestamp))
        {
            Fail($"expected integer as timestamp, got {GoQuote.Quote(RawUtf8.Decode(word))}");
            return;
        }

        _assembler.SetTimestamp(timestamp);
        var spurious = TakeLineWithoutBackslashes();
        if (!FailAtTextEnd() && spurious.Length > 0)
        {
            Fail($"spurious string after timestamp: {GoQuote.Quote(spurious)}");
        }
    }

    private static bool TryParseTimestamp(ReadOnlySpan<byte> word, out long timestamp)
    {
        var digits = !word.IsEmpty && word[0] is (byte)'+' or (byte)'-' ? word[1..] : word;
        timestamp = 0;
        return digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && long.TryParse(word, System.Globalization.NumberStyles.AllowLeadingSign, null, out timestamp);
    }

    private bool EnterFamily(ReadOnlySpan<byte> bytes)
    {
        if (_assembler.ReenterFamily(bytes))
        {
            return true;
        }

        var name = _pool.Get(bytes);
        if (_options.Utf8Names ? !NameValidation.IsUtf8Name(name) : !NameValidation.IsLegacyMetricName(name))
        {
            return Fail($"invalid metric name {GoQuote.Quote(name)}");
        }

        _assembler.EnterFamily(name, bytes);
        return true;
    }

    /// <summary>Takes a metric or label name, bare or in quotes; empty where none begins here.</summary>
    private ReadOnlySpan<byte> TakeName(bool isMetric)
    {
        var rest = _cursor.Rest;
        var length = 0;
        while (length < rest.Length && IsNameByte(rest[length], isMetric) && (length > 0 || !char.IsAsciiDigit((char)rest[0])))
        {
            length++;
        }

        _cursor.At += length;
        if (_cursor.Current != '"')
        {
            return rest[..length];
        }

        _cursor.At++;
        var quoted = TakeQuoted(isMetric ? "metric name" : "label name", before: rest[..length]);
        if (length == 0 || _failed)
        {
            return quoted;
        }

        byte[] joined = [.. rest[..length], .. quoted];
        return joined;
    }

    private static bool IsNameByte(byte b, bool isMetric) => char.IsAsciiLetterOrDigit((char)b) || b == '_' || (isMetric && b == ':');

    /// <summary>Takes what stands before the closing quote, escapes resolved, and the quote.</summary>
    private ReadOnlySpan<byte> TakeQuoted(string what, ReadOnlySpan<byte> before = default)
    {
        var rest = _cursor.Rest;
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end >= 0 && rest[end] == '"')
        {
            _cursor.At += end + 1;
            return rest[..end];
        }

        // With escapes: find the end first.
        for (end = Math.Max(end, 0); end < rest.Length && rest[end] != '"'; end++)
        {
            if (rest[end] == '\\')
            {
                end++;
            }
        }

        var text = Unescape(rest[..Math.Min(end, rest.Length)]);
        if (_failed)
        {
            return default;
        }

        if (end >= rest.Length)
        {
            _cursor.At = _cursor.Line.Length;
            if (!FailAtTextEnd())
            {
                Fail($"{what} {GoQuote.Quote(RawUtf8.Decode([.. before, .. text]))} contains unescaped new-line");
            }

            return default;
        }

        _cursor.At += end + 1;
        return text;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\'))
        {
            return text;
        }

        var result = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b == '\\')
            {
                i++;
                if (i == text.Length && !_cursor.Terminated)
                {
                    _cursor.At = _cursor.Line.Length;
                    FailAtTextEnd();
                    return default;
                }

                b = i < text.Length ? text[i] : (byte)'\n';
                if (b is not ((byte)'\\' or (byte)'n' or (byte)'"'))
                {
                    _cursor.At += i;
                    Fail($"invalid escape sequence '\\{(char)b}'");
                    return default;
                }

                b = b == 'n' ? (byte)'\n' : b;
            }

            result[length++] = b;
        }

        return result.AsSpan(0, length);
    }

    private string TakeLineWithoutBackslashes()
    {
        var rest = _cursor.Rest;
        _cursor.At = _cursor.Line.Length;
        var text = rest.Length <= 16 ? _pool.Get(rest) : RawUtf8.Decode(rest);
        return text.Replace("\\", "");
    }

    private bool FailAtTextEnd()
    {
        if (!_cursor.AtTextEnd)
        {
            return false;
        }

        Fail("unexpected end of input stream (the body must end with a newline; was it cut off?)");
        return true;
    }

    private bool Fail(string reason)
    {
        var message = $"text format parsing error in line {_cursor.Number}: {reason}";
        Error = new ExpositionError(message, _cursor.Number, Math.Min(_cursor.At, _cursor.Line.Length) + 1);
        _failed = true;
        return false;
    }

    private static string QuoteByte(int value) => value switch
    {
        '\'' => @"'\''",
        '"' => "'\"'",
        '\\' => @"'\\'",
        _ => $"'{GoQuote.Quote([(char)value])[1..^1]}'",
    };
}
