using Tallygate.PromQL.Parsing;

namespace Tallygate.PromQL.Scripts;

/// <summary><c>load</c>: adds samples.</summary>
/// <param name="Interval">The distance of samples, milliseconds.</param>
/// <param name="WithCustomBuckets">Whether classic histograms are to be turned into native ones too.</param>
/// <param name="Series">The series, none twice.</param>
internal sealed record LoadCommand(int Line, long Interval, bool WithCustomBuckets, IReadOnlyList<SeriesDescription> Series) : ScriptCommand(Line);
