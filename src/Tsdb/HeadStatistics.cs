namespace Tallygate.Tsdb;

/// <summary>How much the head of a database holds, and which names and values make most of it. Times are Unix milliseconds.</summary>
/// <param name="Series">The number of series.</param>
/// <param name="LabelPairs">The number of different labels with their values.</param>
/// <param name="Chunks">The number of chunks, open ones among them.</param>
/// <param name="MinTime">No in-order sample comes before it; the largest number where there is none.</param>
/// <param name="MaxTime">The newest sample's time; the smallest number where there is none.</param>
/// <param name="SeriesByMetric">Metric names by their series.</param>
/// <param name="ValuesByLabel">Label names by their values.</param>
/// <param name="BytesByLabel">Label names by the bytes of their values, each counted as often as a series has it.</param>
/// <param name="SeriesByPair">Labels with their values, as <c>name=value</c>, by their series.</param>
public sealed record HeadStatistics(
    long Series,
    long LabelPairs,
    long Chunks,
    long MinTime,
    long MaxTime,
    IReadOnlyDictionary<string, long> SeriesByMetric,
    IReadOnlyDictionary<string, long> ValuesByLabel,
    IReadOnlyDictionary<string, long> BytesByLabel,
    IReadOnlyDictionary<string, long> SeriesByPair);
