using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>
/// Reads the lines of a text push, token by token, into a <see cref="MetricFamilyAssembler"/>. The order of its checks is upstream's, since the first that fails
/// words the answer. The rules that are upstream's accidents (a name continued by a quote, a type with backslashes in it) are kept where they
/// accept or refuse something, but for labels before any name, which upstream gives to the metric of the line before.
/// </summary>
internal ref struct PushTextReader
{
    private readonly PushParseOptions _options;
    private readonly Utf8StringPool _pool;
    private readonly MetricFamilyAssembler _assembler;
    private PushTextTokens _text;

    public PushTextReader(ReadOnlySpan<byte> body, PushParseOptions options, Utf8StringPool pool, MetricFamilyAssembler assembler)
    {
        _text = new PushTextTokens(body, pool);
        _options = options;
        _pool = pool;
        _assembler = assembler;
    }

    /// <summary>What was wrong, once <see cref="ReadAll"/> has given false.</summary>
    public readonly ExpositionError Error => _text.Error;

    /// <summary>Reads every line.</summary>
    public bool ReadAll()
    {
        while (_text.NextLine())
        {
            _text.SkipBlanks();
            switch (_text.Current)
            {
                case '\n' or LineCursor.End:
                    break;
                case '#':
                    _text.Skip();
                    ReadComment();
                    break;
                default:
                    ReadSample();
                    break;
            }
        }

        return !_text.Failed;
    }

    private void ReadComment()
    {
        _text.SkipBlanks();
        var keyword = _text.TakeWord();
        var isHelp = keyword.SequenceEqual("HELP"u8);
        if (_text.AtLineEnd || (!isHelp && !keyword.SequenceEqual("TYPE"u8)))
        {
            _text.SkipLine();
            _text.FailAtTextEnd();
            return;
        }

        _text.SkipBlanks();
        var name = _text.TakeName(isMetric: true);
        if (_text.Failed || _text.FailAtTextEnd() || _text.Current == '\n')
        {
            return;
        }

        if (_text.Current is not (' ' or '\t'))
        {
            _text.Fail("invalid metric name in comment");
            return;
        }

        if (!EnterFamily(name))
        {
            return;
        }

        _text.SkipBlanks();
        if (_text.FailAtTextEnd() || _text.Current == '\n')
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
            _text.Fail($"second HELP line for metric name {GoQuote.Quote(family.Name)}", PushTextHints.Twice);
            return;
        }

        var text = _text.TakeUnescapedLine();
        if (!_text.Failed && !_text.FailAtTextEnd())
        {
            family.Help = _pool.Get(text);
        }
    }

    private void ReadType()
    {
        var family = _assembler.Family;
        if (family.Type is not null)
        {
            _text.Fail($"second TYPE line for metric name {GoQuote.Quote(family.Name)}, or TYPE reported after samples", PushTextHints.Twice);
            return;
        }

        var text = _text.TakeLineWithoutBackslashes();
        if (_text.FailAtTextEnd())
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
            _text.Fail($"unknown metric type {GoQuote.Quote(text)}", PushTextHints.OfType(text));
        }
    }

    private void ReadSample()
    {
        _assembler.BeginSample();
        if (_text.Current != '{')
        {
            var name = _text.TakeName(isMetric: true);
            if (_text.Failed || _text.FailAtTextEnd())
            {
                return;
            }

            if (name.IsEmpty)
            {
                _text.Fail("invalid metric name", PushTextHints.OfLineStart(_text.Rest));
                return;
            }

            if (!EnterFamily(name))
            {
                return;
            }

            _assembler.FixType();
            _text.SkipBlanks();
            if (_text.FailAtTextEnd())
            {
                return;
            }
        }

        if (_text.Current == '{')
        {
            _text.Skip();
            ReadLabels(nameInside: !_assembler.InFamily);
            if (_text.Failed)
            {
                return;
            }

            _text.SkipBlanks();
        }

        ReadValue();
    }

    private void ReadLabels(bool nameInside)
    {
        while (true)
        {
            _text.SkipBlanks();
            if (_text.FailAtTextEnd())
            {
                return;
            }

            if (_text.Current == '}')
            {
                EndLabels();
                return;
            }

            var name = _text.TakeName(isMetric: false);
            if (_text.Failed || _text.FailAtTextEnd())
            {
                return;
            }

            if (name.IsEmpty)
            {
                _text.Fail($"invalid label name for metric {GoQuote.Quote(_assembler.FamilyName)}");
                return;
            }

            _text.SkipBlanks();
            if (_text.FailAtTextEnd())
            {
                return;
            }

            if (_text.Current == '=')
            {
                _text.Skip();
                if (!ReadLabel(name))
                {
                    return;
                }
            }
            else if (!ReadNameInside(name, nameInside))
            {
                return;
            }

            if (_text.Current == '}')
            {
                EndLabels();
                return;
            }

            _text.Skip();
        }
    }

    private void EndLabels()
    {
        _text.Skip();
        if (!_assembler.InFamily)
        {
            _text.Fail("invalid metric name", "a line is a name, perhaps labels in braces, and a value");
        }
    }

    /// <summary>A quoted string in braces without a value: the metric name. Leaves the cursor at the comma or brace behind it.</summary>
    private bool ReadNameInside(ReadOnlySpan<byte> name, bool allowed)
    {
        if (!allowed)
        {
            return _text.Fail($"expected '=' after label name, found {QuoteByte(_text.Current)}", PushTextHints.OfLabelName(_text.Current));
        }

        if (_assembler.InFamily)
        {
            return _text.Fail($"multiple metric names for metric {GoQuote.Quote(_assembler.FamilyName)}");
        }

        if (_text.Current is not (',' or '}'))
        {
            return _text.Fail($"unexpected end of metric name {QuoteByte(_text.Current)}", PushTextHints.OfLabelName(_text.Current));
        }

        if (!EnterFamily(name))
        {
            return false;
        }

        _assembler.FixType();
        return _assembler.TakeBoundFromLabels(out var badBound, out var label)
            || _text.Fail($"expected float as value for '{label}' label, got {GoQuote.Quote(badBound)}");
    }

    /// <summary>Reads what follows the equals sign and leaves the cursor at the comma or brace behind the value.</summary>
    private bool ReadLabel(ReadOnlySpan<byte> nameBytes)
    {
        var name = _pool.Get(nameBytes);
        if (name == Labels.MetricName)
        {
            return _text.Fail($"label name {GoQuote.Quote(name)} is reserved");
        }

        if (!_options.AllowsLabelName(name))
        {
            return _text.Fail(
                $"invalid label name {GoQuote.Quote(name)}", _options.Utf8Names ? null : "the server's flag --push.enable-utf8-names allows such names");
        }

        if (!_assembler.TryAddLabelName(name))
        {
            return _text.Fail($"duplicate label names for metric {GoQuote.Quote(_assembler.FamilyName)}");
        }

        _text.SkipBlanks();
        if (_text.FailAtTextEnd())
        {
            return false;
        }

        if (_text.Current != '"')
        {
            return _text.Fail($"expected '\"' at start of label value, found {QuoteByte(_text.Current)}", PushTextHints.LabelValue);
        }

        _text.Skip();
        var value = _text.TakeQuoted("label value");
        if (_text.Failed)
        {
            return false;
        }

        if (!Utf8.IsValid(value))
        {
            return _text.Fail($"invalid label value {GoQuote.Quote(ByteText.Decode(value))}", PushTextHints.NotUtf8, value.Length + 2);
        }

        if (!_assembler.TrySetLabelValue(name, _pool, value))
        {
            return _text.Fail($"expected float as value for '{name}' label, got {GoQuote.Quote(ByteText.Decode(value))}");
        }

        _text.SkipBlanks();
        if (_text.FailAtTextEnd())
        {
            return false;
        }

        return _text.Current is ',' or '}'
            || _text.Fail($"unexpected end of label value {GoQuote.Quote(ByteText.Decode(value))}", PushTextHints.LabelEnd);
    }

    private void ReadValue()
    {
        var word = _text.TakeWord();
        if (_text.FailAtTextEnd())
        {
            return;
        }

        if (!FloatText.TryParse(word, out var value))
        {
            _text.Fail($"expected float as value, got {GoQuote.Quote(ByteText.Decode(word))}", PushTextHints.OfValue(word), word.Length);
            return;
        }

        if (_assembler.AddValue(value) is { } refusal)
        {
            _text.Fail($"{refusal} for histogram {GoQuote.Quote(_assembler.FamilyName)}");
            return;
        }

        if (_text.Current == '\n')
        {
            return;
        }

        _text.SkipBlanks();
        word = _text.TakeWord();
        if (_text.FailAtTextEnd())
        {
            return;
        }

        if (!TryParseTimestamp(word, out var timestamp))
        {
            _text.Fail($"expected integer as timestamp, got {GoQuote.Quote(ByteText.Decode(word))}", PushTextHints.OfTimestamp(word), word.Length);
            return;
        }

        _assembler.SetTimestamp(timestamp);
        var spurious = _text.TakeLineWithoutBackslashes();
        if (!_text.FailAtTextEnd() && spurious.Length > 0)
        {
            _text.Fail($"spurious string after timestamp: {GoQuote.Quote(spurious)}", PushTextHints.OfTimestamp("1"u8));
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
        if (!_options.AllowsMetricName(name))
        {
            return _text.Fail($"invalid metric name {GoQuote.Quote(name)}", PushHints.OfName(_options));
        }

        _assembler.EnterFamily(name, bytes);
        return true;
    }

    private static string QuoteByte(int value) => value switch
    {
        '\'' => @"'\''",
        '"' => "'\"'",
        '\\' => @"'\\'",
        _ => $"'{GoQuote.Quote([(char)value])[1..^1]}'",
    };
}
