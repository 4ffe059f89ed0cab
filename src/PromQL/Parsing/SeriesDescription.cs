using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>One line of series notation: a series and what it holds at interval after interval.</summary>
/// <param name="Values">The samples; empty for a line that gives start timestamps.</param>
/// <param name="StartOffsetsMs">
/// For a line whose series is followed by <c>@st</c>: the start of each sample of the next line, milliseconds relative to the sample's time,
/// null where the sample has none. Null for all other lines, until a reader of both puts them together.
/// </param>
public sealed record SeriesDescription(
    Labels Labels, IReadOnlyList<SequenceValue> Values, IReadOnlyList<long?>? StartOffsetsMs = null);
