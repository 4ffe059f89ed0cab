using System.Globalization;
using System.Text;
using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Values;

/// <summary>
/// What the asker should be told about an answer. A text is kept once, with the place of the last part of the query that it was about.
/// Not thread-safe.
/// </summary>
internal sealed class Annotations
{
    public const string Addition = "addition";
    public const string Subtraction = "subtraction";
    public const string Aggregation = "aggregation";

    private const string WarningPrefix = "PromQL warning: ";
    private const string InfoPrefix = "PromQL info: ";

    private readonly Dictionary<string, PositionRange> _positions = [];
    private readonly List<string> _texts = [];
    private readonly List<string> _storage = [];
    private Dictionary<string, ForcedMonotonicity>? _forced;
    private Dictionary<string, int>? _overlaps;

    public void Warn(string text, PositionRange position) => Add(WarningPrefix + text, position);

    public void Inform(string text, PositionRange position) => Add(InfoPrefix + text, position);

    /// <summary>What a store has to say; it has no place in the query.</summary>
    public void AddStorage(IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            if (!_storage.Contains(warning))
            {
                _storage.Add(warning);
            }
        }
    }

    /// <summary>Classic buckets that decreased; the details of all samples are gathered in one text.</summary>
    public void InformOfForcedMonotonicity(string metricName, PositionRange position, in ForcedMonotonicity details)
    {
        var text = InfoPrefix + WithMetricName(
            "input to histogram_quantile needed to be fixed for monotonicity "
                + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
            metricName);
        Add(text, position);
        _forced ??= [];
        _forced[text] = _forced.TryGetValue(text, out var before) ? before.With(details) : details;
    }

    /// <summary>Histograms with exponential and with custom buckets do not go together.</summary>
    public void WarnOfMixedSchemas(string metricName, PositionRange position) => Warn(
        $"vector contains a mix of histograms with exponential and custom buckets schemas for metric name {GoQuote.Quote(metricName)}", position);

    /// <summary>One histogram was said to be a counter reset, another said not to be one.</summary>
    public void WarnOfResetCollision(string operation, PositionRange position) =>
        Warn(ResetCollisionText(operation), position);

    /// <summary>Custom bounds differed, and only those that all have are left.</summary>
    public void InformOfReconciledBounds(string operation, PositionRange position) =>
        Inform(ReconciledBoundsText(operation), position);

    /// <summary>A sample began before the one before it; how often that was is told once.</summary>
    public void WarnOfStartOverlap(string metricName, PositionRange position)
    {
        var text = $"{WarningPrefix}sample has start time that overlaps with previous sample timestamp for metric {GoQuote.Quote(metricName)}";
        Add(text, position);
        _overlaps ??= [];
        _overlaps[text] = _overlaps.GetValueOrDefault(text) + 1;
    }

    public static string ResetCollisionText(string operation) => $"conflicting counter resets during histogram {operation}";

    public static string ReconciledBoundsText(string operation) => $"mismatched custom buckets were reconciled during {operation}";

    /// <summary>The text with the metric's name behind it, if there is one.</summary>
    public static string WithMetricName(string text, string metricName) =>
        metricName.Length == 0 ? text : $"{text} for metric name {GoQuote.Quote(metricName)}";

    /// <summary>All texts with their places in <paramref name="query"/>.</summary>
    public void Render(string query, out List<string> warnings, out List<string> infos)
    {
        warnings = [.. _storage];
        infos = [];
        var utf8 = Encoding.UTF8.GetBytes(query);
        foreach (var text in _texts)
        {
            var details = _forced is not null && _forced.TryGetValue(text, out var forced) ? forced.ToString()
                : _overlaps is not null && _overlaps.TryGetValue(text, out var times) && times > 1
                    ? string.Create(CultureInfo.InvariantCulture, $" ({times} occurrences)")
                : "";
            (text.StartsWith(InfoPrefix, StringComparison.Ordinal) ? infos : warnings).Add(
                $"{text}{details} ({Place(utf8, _positions[text].Start)})");
        }
    }

    private void Add(string text, PositionRange position)
    {
        if (!_positions.ContainsKey(text))
        {
            _texts.Add(text);
        }

        _positions[text] = position;
    }

    private static string Place(ReadOnlySpan<byte> query, int offset)
    {
        if (offset < 0 || offset > query.Length)
        {
            return "invalid position";
        }

        var before = query[..offset];
        var line = before.Count((byte)'\n') + 1;
        var column = offset - before.LastIndexOf((byte)'\n');
        return string.Create(CultureInfo.InvariantCulture, $"{line}:{column}");
    }
}
