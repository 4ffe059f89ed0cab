using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.Exposition.OpenMetrics;

/// <summary>
/// OpenMetrics 1.0 as pushes bring it: whole bodies, into metric families, as strictly as the specification asks. Thread-safe.
/// </summary>
/// <remarks>
/// A counter <c>c</c> becomes the family <c>c_total</c>, an info <c>i</c> the gauge <c>i_info</c>, a state set a gauge: the names and types that
/// the other formats have for them. Lines <c>_created</c> become the time of creation of their metric.
/// </remarks>
public static class PushOpenMetricsParser
{
    private const string NoEnd = "data does not end with # EOF";

    [ThreadStatic]
    private static OpenMetricsAssembler? _assembler;

    [ThreadStatic]
    private static List<Label>? _labels;

    /// <summary>
    /// Reads a whole body. Families come in the order in which they stand, without those that have no sample. Strings are taken from
    /// <paramref name="pool"/>.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> body,
        PushParseOptions options,
        Utf8StringPool pool,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        out ExpositionError error)
    {
        var assembler = _assembler ??= new OpenMetricsAssembler();
        var reader = new OpenMetricsReader(body, pool);
        try
        {
            assembler.Begin(options);
            if (ReadAll(ref reader, assembler, _labels ??= []))
            {
                families = assembler.Build();
                error = default;
                return true;
            }
        }
        finally
        {
            assembler.Clear();
            _assembler = assembler.IsLarge ? null : assembler;
        }

        families = null;
        var fault = reader.Error;
        error = fault with { Message = $"OpenMetrics parsing error in line {fault.Line}: {fault.Message}", Hint = HintOf(fault, body, options) };
        return false;
    }

    private static bool ReadAll(scoped ref OpenMetricsReader reader, OpenMetricsAssembler assembler, List<Label> labels)
    {
        while (reader.Read(out var entry))
        {
            string? fault;
            if (entry.Kind != ExpositionEntryKind.Series)
            {
                fault = assembler.Describe(entry);
            }
            else if (entry.Series.EndsWith(",}"u8))
            {
                fault = "a comma stands behind the last label";
            }
            else if (reader.TryGetLabels(labels, out var name))
            {
                fault = assembler.Add(name, labels, entry);
            }
            else
            {
                return false;
            }

            if (fault is not null)
            {
                return reader.Refuse(fault);
            }
        }

        return !reader.Failed && (assembler.End() is not { } unfinished || reader.Refuse(unfinished));
    }

    private static string? HintOf(ExpositionError fault, ReadOnlySpan<byte> body, PushParseOptions options)
    {
        if (body.Contains((byte)'\r'))
        {
            return "lines of OpenMetrics end in a newline alone, without a carriage return";
        }

        if (fault.Message == NoEnd)
        {
            return "was the body cut off? Its last line is \"# EOF\"; for the Prometheus text format send Content-Type: text/plain";
        }

        if (fault.Message.StartsWith("expected a valid start token", StringComparison.Ordinal))
        {
            return "there are no blank lines, no blanks before a line and no comments but HELP, TYPE, UNIT and EOF";
        }

        if (fault.Message.StartsWith("invalid metric type \"untyped\"", StringComparison.Ordinal))
        {
            return "OpenMetrics calls it unknown";
        }

        return fault.Message.StartsWith("invalid metric name", StringComparison.Ordinal) ? PushHints.OfName(options) : null;
    }
}
