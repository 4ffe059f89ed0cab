using System.Globalization;
using Tallygate.Model;

namespace Tallygate.PromQL.Scripts;

/// <summary>Reads the samples of one series from a line.</summary>
internal sealed class SequenceReader
{
    /// <summary>More samples than any script means to write; a bound against typing errors.</summary>
    private const int MaxRepeats = 10_000_000;

    private readonly string _text;
    private readonly List<SequenceValue> _values = [];
    private int _at;

    public SequenceReader(string text, int start)
    {
        _text = text;
        _at = start;
    }

    /// <exception cref="ScriptException">The line is not well formed.</exception>
    public List<SequenceValue> Read()
    {
        while (true)
        {
            var before = _at;
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            {
                _at++;
            }

            if (_at == _text.Length)
            {
                return _values;
            }

            if (_at == before)
            {
                throw Unexpected();
            }

            ReadItem();
        }
    }

    private void ReadItem()
    {
        if (_text[_at] == '_')
        {
            _at++;
            var count = TryTimes(out var repeats) ? repeats : 1;
            _values.AddRange(Enumerable.Repeat(SequenceValue.Omitted, count));
        }
        else if (_text.AsSpan(_at).StartsWith("{{"))
        {
            ReadHistograms();
        }
        else if (_text.AsSpan(_at).StartsWith("stale"))
        {
            _at += "stale".Length;
            _values.Add(new SequenceValue(false, StaleMarker.Value));
        }
        else
        {
            ReadFloats();
        }
    }

    private void ReadFloats()
    {
        var value = ReadNumber();
        var step = 0.0;
        var hasStep = _at < _text.Length && _text[_at] is '+' or '-';
        if (hasStep)
        {
            step = ReadNumber();
        }

        if (TryTimes(out var repeats))
        {
            for (var i = 0; i <= repeats; i++)
            {
                _values.Add(new SequenceValue(false, value));
                value += step;
            }
        }
        else if (hasStep)
        {
            throw Unexpected();
        }
        else
        {
            _values.Add(new SequenceValue(false, value));
        }
    }

    private void ReadHistograms()
    {
        var first = HistogramNotation.Read(_text, ref _at, out var hasHint);
        if (_at < _text.Length && _text[_at] is '+' or '-')
        {
            var adds = _text[_at++] == '+';
            var second = HistogramNotation.Read(_text, ref _at, out var secondHasHint);
            if (!TryTimes(out var times))
            {
                throw Unexpected();
            }

            _values.Add(new SequenceValue(false, 0, first, hasHint));
            for (var i = 0; i < times; i++)
            {
                first = HistogramNotation.Combine(first, second, adds);
                _values.Add(new SequenceValue(false, 0, first, secondHasHint));
            }

            return;
        }

        var count = TryTimes(out var repeats) ? repeats + 1 : 1;
        _values.AddRange(Enumerable.Repeat(new SequenceValue(false, 0, first, hasHint), count));
    }

    private bool TryTimes(out int count)
    {
        count = 0;
        if (_at >= _text.Length || _text[_at] != 'x')
        {
            return false;
        }

        var start = ++_at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        if (!int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out count)
            || count > MaxRepeats)
        {
            throw Unexpected();
        }

        return true;
    }

    private double ReadNumber()
    {
        var start = _at;
        if (_text[_at] is '+' or '-')
        {
            _at++;
        }

        if (_at < _text.Length && char.IsAsciiLetter(_text[_at]))
        {
            _at = Math.Min(_text.Length, _at + 3);
        }
        else
        {
            SkipDecimal();
        }

        if (!FloatText.TryParse(_text.AsSpan(start, _at - start), out var value))
        {
            _at = start;
            throw Unexpected();
        }

        return value;
    }

    private void SkipDecimal()
    {
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'))
        {
            _at++;
        }

        if (_at >= _text.Length || _text[_at] is not ('e' or 'E'))
        {
            return;
        }

        _at++;
        if (_at < _text.Length && _text[_at] is '+' or '-')
        {
            _at++;
        }

        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }
    }

    private ScriptException Unexpected()
    {
        var found = _at < _text.Length ? GoQuote.Quote(_text[_at].ToString()) : "end of input";
        return new ScriptException(0, string.Create(CultureInfo.InvariantCulture, $"1:{_at + 1}: parse error: unexpected {found} in series values"));
    }
}
