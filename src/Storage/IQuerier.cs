using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>Port: one reader of one time range. Not thread-safe; what it returned is valid until it is disposed of.</summary>
public interface IQuerier : IDisposable
{
    /// <summary>
    /// The series that fulfil all <paramref name="matchers"/> (none: all series), each once. A series whose samples all lie outside the
    /// querier's range is left out; one that has a gap there may come without samples.
    /// </summary>
    /// <param name="sorted">Whether the series must come in label order; else their order is free but repeatable.</param>
    /// <param name="hints">What the caller will do with the samples; it may be ignored.</param>
    ISeriesSet Select(bool sorted, SelectHints? hints, IReadOnlyList<LabelMatcher> matchers);

    /// <summary>The values that the label has on series that fulfil the matchers, in UTF-8 order, at most <paramref name="limit"/> (0: all).</summary>
    IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, int limit);

    /// <summary>The names of the labels on series that fulfil the matchers, in UTF-8 order, at most <paramref name="limit"/> (0: all).</summary>
    IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, int limit);
}
