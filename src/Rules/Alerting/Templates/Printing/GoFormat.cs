using System.Text;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Printing;

/// <summary>Go's Sprint, Sprintln and Sprintf for the values of templates. Mistakes show in the text, as in Go, and do not fail.</summary>
internal sealed class GoFormat
{
    /// <summary>Widths and precisions above this are mistakes.</summary>
    private const int Largest = 1_000_000;

    private readonly string _format;
    private readonly IReadOnlyList<TemplateValue?> _arguments;
    private readonly StringBuilder _text = new();
    private int _at;
    private int _next;
    private bool _reordered;
    private bool _isGoodIndex;
    private FormatFlags _flags;

    private GoFormat(string format, IReadOnlyList<TemplateValue?> arguments)
    {
        _format = format;
        _arguments = arguments;
    }

    /// <summary>The values one after the other, with a blank between two of which none is a text.</summary>
    public static string Print(IReadOnlyList<TemplateValue?> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is not TextValue && values[i - 1] is not TextValue)
            {
                text.Append(' ');
            }

            ValuePrinter.Append(text, values[i], FormatFlags.None, 'v');
        }

        return text.ToString();
    }

    /// <summary>The values with blanks between and a newline at the end.</summary>
    public static string PrintLine(IReadOnlyList<TemplateValue?> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            ValuePrinter.Append(i > 0 ? text.Append(' ') : text, values[i], FormatFlags.None, 'v');
        }

        return text.Append('\n').ToString();
    }

    /// <summary>The format with its verbs replaced by the values.</summary>
    public static string PrintFormat(string format, IReadOnlyList<TemplateValue?> values)
    {
        var run = new GoFormat(format, values);
        run.All();
        return run._text.ToString();
    }

    private void All()
    {
        while (_at < _format.Length)
        {
            var percent = _format.IndexOf('%', _at);
            if (percent < 0)
            {
                break;
            }

            _text.Append(_format, _at, percent - _at);
            _at = percent + 1;
            Directive();
        }

        _text.Append(_format, _at, _format.Length - _at);
        if (!_reordered && _next < _arguments.Count)
        {
            _text.Append("%!(EXTRA ");
            for (var i = _next; i < _arguments.Count; i++)
            {
                _text.Append(i > _next ? ", " : "");
                ValuePrinter.AppendTyped(_text, _arguments[i]);
            }

            _text.Append(')');
        }
    }

    private void Directive()
    {
        _flags = FormatFlags.None;
        _isGoodIndex = true;
        ReadFlags();
        var afterIndex = ReadIndex();
        if (Peek() == '*')
        {
            _at++;
            var width = Star("%!(BADWIDTH)");
            _flags.Minus |= width < -1;
            _flags.Zero &= width >= -1;
            _flags.Width = width < -1 ? -width : width;
            afterIndex = false;
        }
        else
        {
            _flags.Width = ReadNumber();
            _isGoodIndex &= !(afterIndex && _flags.Width >= 0);
        }

        if (Peek() == '.')
        {
            _at++;
            _isGoodIndex &= !afterIndex;
            afterIndex = ReadIndex();
            if (Peek() == '*')
            {
                _at++;
                _flags.Precision = Star("%!(BADPREC)");
                afterIndex = false;
            }
            else
            {
                _flags.Precision = Math.Max(ReadNumber(), 0);
            }
        }

        if (!afterIndex)
        {
            ReadIndex();
        }

        if (!Rune.TryGetRuneAt(_format, Math.Min(_at, _format.Length - 1), out var verb) || _at >= _format.Length)
        {
            _text.Append(_at >= _format.Length ? "%!(NOVERB)" : "");
            _at = Math.Min(_at + 1, _format.Length);
            return;
        }

        _at += verb.Utf16SequenceLength;
        Verb(verb);
    }

    private void Verb(Rune verb)
    {
        if (verb.Value == '%')
        {
            _text.Append('%');
        }
        else if (!_isGoodIndex || _next >= _arguments.Count)
        {
            _text.Append("%!").Append(verb.ToString()).Append(_isGoodIndex ? "(MISSING)" : "(BADINDEX)");
        }
        else if (verb.IsAscii)
        {
            ValuePrinter.Append(_text, _arguments[_next++], _flags, (char)verb.Value);
        }
        else
        {
            ValuePrinter.AppendBadVerb(_text, _arguments[_next++], verb.ToString());
        }
    }

    private void ReadFlags()
    {
        for (; ; _at++)
        {
            switch (Peek())
            {
                case '+': _flags.Plus = true; break;
                case '-': _flags.Minus = true; _flags.Zero = false; break;
                case '#': _flags.Sharp = true; break;
                case ' ': _flags.Space = true; break;
                case '0': _flags.Zero = !_flags.Minus; break;
                default: return;
            }
        }
    }

    // "[2]" makes the second value the next one.
    private bool ReadIndex()
    {
        if (Peek() != '[')
        {
            return false;
        }

        _reordered = true;
        var close = _format.IndexOf(']', _at);
        var isNumber = int.TryParse(close < 0 ? "" : _format.AsSpan(_at + 1, close - _at - 1), out var index);
        _at = close < 0 ? _at + 1 : close + 1;
        if (isNumber && index >= 1 && index <= _arguments.Count)
        {
            _next = index - 1;
            return true;
        }

        _isGoodIndex = false;
        return isNumber;
    }

    private int ReadNumber()
    {
        var from = _at;
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }

        if (from == _at)
        {
            return -1;
        }

        if (int.TryParse(_format.AsSpan(from, _at - from), out var number) && number <= Largest)
        {
            return number;
        }

        _at = _format.Length;
        return -1;
    }

    private int Star(string complaint)
    {
        if (_next < _arguments.Count && _arguments[_next++] is IntValue { Value: >= -Largest and <= Largest } number)
        {
            return (int)number.Value;
        }

        _text.Append(complaint);
        return -1;
    }

    private char Peek() => _at < _format.Length ? _format[_at] : '\0';
}
