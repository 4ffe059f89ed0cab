using Tallygate.Model;

namespace Tallygate.Tsdb;

/// <summary>The exemplars of one series.</summary>
/// <param name="Series">The labels of the series.</param>
/// <param name="Exemplars">In the order of their times.</param>
public sealed record ExemplarSeries(Labels Series, IReadOnlyList<StoredExemplar> Exemplars);
