using Tallygate.Model;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tsdb.Notes;

/// <summary>An exemplar of a batch.</summary>
/// <param name="Labels">The labels of the series.</param>
internal readonly record struct PendingExemplar(MemSeries Series, Labels Labels, StoredExemplar Exemplar);
