using System.Buffers;
using System.Globalization;
using System.Text;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>Writes protobuf's text format: <c>name: value</c> on lines of their own, messages in braces; or all on one line.</summary>
internal ref struct ProtoTextWriter(IBufferWriter<byte> target, bool compact)
{
    private int _depth;
    private bool _first = true;

    /// <summary>Begins a message.</summary>
    public void Begin(string field)
    {
        Field(field, compact ? ":{" : ": {");
        _depth++;
        _first = true;
    }

    /// <summary>Ends the message begun last.</summary>
    public void End()
    {
        _depth--;
        if (!compact && !_first)
        {
            NewLine();
        }

        _first = false;
        Raw("}");
    }

    public void String(string field, string value)
    {
        Field(field, compact ? ":" : ": ");
        Quote(value);
    }

    /// <summary>A name, escaped where the scheme asks for it.</summary>
    public void Name(string field, string name, bool isLabel, EscapingScheme escaping) => String(field, NameEscaping.Escape(name, escaping, isLabel));

    public void Word(string field, string value)
    {
        Field(field, compact ? ":" : ": ");
        Raw(value);
    }

    public void Integer(string field, long value) => Word(field, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A count, if there is one.</summary>
    public void Count(string field, ulong? value)
    {
        if (value is { } count)
        {
            Word(field, count.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A number, if there is one.</summary>
    public void Double(string field, double? value)
    {
        if (value is { } number)
        {
            Word(field, double.IsNaN(number) ? "nan" : double.IsPositiveInfinity(number) ? "inf" : double.IsNegativeInfinity(number) ? "-inf"
                : FloatText.Format(number, FloatForm.General));
        }
    }

    /// <summary>Ends the outermost message.</summary>
    public readonly void EndLine() => Raw(compact ? "\n" : "\n\n");

    private void Field(string name, string separator)
    {
        if (!_first || (_depth > 0 && !compact))
        {
            if (compact)
            {
                Raw(" ");
            }
            else
            {
                NewLine();
            }
        }

        _first = false;
        Raw(name);
        Raw(separator);
    }

    private readonly void NewLine()
    {
        Raw("\n");
        for (var i = 0; i < _depth; i++)
        {
            Raw("  ");
        }
    }

    private readonly void Quote(string value)
    {
        Raw("\"");
        for (var i = 0; i < value.Length;)
        {
            var status = Rune.DecodeFromUtf16(value.AsSpan(i), out var rune, out var length);
            if (status != OperationStatus.Done)
            {
                Raw(string.Create(CultureInfo.InvariantCulture, $"\\x{value[i] & 0xFF:x2}"));
            }
            else
            {
                Raw(rune.Value switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    < ' ' or 0x7F => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                    >= 0x80 and <= 0x9F => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                    _ => value.AsSpan(i, length),
                });
            }

            i += length;
        }

        Raw("\"");
    }

    private readonly void Raw(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
        {
            target.Advance(Encoding.UTF8.GetBytes(text, target.GetSpan(3 * text.Length)));
        }
    }
}
