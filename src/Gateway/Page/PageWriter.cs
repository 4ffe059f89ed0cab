using System.Buffers;
using Tallygate.Exposition.Text;
using Tallygate.Model;

namespace Tallygate.Gateway.Page;

/// <summary>Where the lines of a page are written, one page after the other. Not thread-safe.</summary>
internal sealed class PageWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private readonly LineDeflater _deflater = new();
    private string _name = "";
    private MetricType _type;

    /// <summary>How much of the page is written.</summary>
    public int Length => _buffer.WrittenCount;

    /// <summary>Begins a page of a family.</summary>
    public void Begin(string name, MetricType type)
    {
        _buffer.ResetWrittenCount();
        _name = name;
        _type = type;
    }

    /// <summary>Writes the lines that say what the family is.</summary>
    public void Header(string? help) => PrometheusTextWriter.WriteHeader(_buffer, _name, help, _type);

    /// <summary>Writes a line from its metric, and notes where.</summary>
    public void Format(ref PageLine line)
    {
        line.Start = _buffer.WrittenCount;
        PrometheusTextWriter.WriteMetric(_buffer, _name, _type, line.Metric);
        line.Length = _buffer.WrittenCount - line.Start;
    }

    /// <summary>Writes lines that are known.</summary>
    public void Copy(ReadOnlySpan<byte> lines) => _buffer.Write(lines);

    /// <summary>All that is written of the page.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>The first bytes of what was written as a piece of the page.</summary>
    public TextPart Take(int length) => Part(_buffer.WrittenSpan[..length]);

    /// <summary>A text as a piece of the page.</summary>
    public TextPart Part(ReadOnlySpan<byte> text) => new(text.ToArray(), _deflater);
}
