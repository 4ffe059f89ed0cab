namespace Tallygate.Tsdb;

/// <summary>What a block's index holds, as <c>tsdb analyze</c> shows it. All counts are by label name or by <c>name=value</c>.</summary>
/// <param name="LabelNames">The number of label names.</param>
/// <param name="Pairs">The number of different labels with their values.</param>
/// <param name="Entries">The number of labels of all series.</param>
/// <param name="UncoveredPairs">How often the block's time, of which series with the label have nothing.</param>
/// <param name="UncoveredNames">The same by name.</param>
/// <param name="SeriesByPair">The number of series by label with its value.</param>
/// <param name="ValueBytes">The length of all different values, by name.</param>
/// <param name="Values">The number of different values, by name.</param>
/// <param name="SeriesByMetric">The number of series by metric name.</param>
public sealed record BlockAnalysis(
    BlockInfo Block,
    int LabelNames,
    int Pairs,
    long Entries,
    IReadOnlyDictionary<string, long> UncoveredPairs,
    IReadOnlyDictionary<string, long> UncoveredNames,
    IReadOnlyDictionary<string, long> SeriesByPair,
    IReadOnlyDictionary<string, long> ValueBytes,
    IReadOnlyDictionary<string, long> Values,
    IReadOnlyDictionary<string, long> SeriesByMetric);
