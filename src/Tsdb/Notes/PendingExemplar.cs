using Tallygate.Model;

namespace Tallygate.Tsdb.Notes;

/// <summary>An exemplar of a batch.</summary>
/// <param name="Row">The row of the series in the head; good as long as the batch.</param>
/// <param name="Id">The id of the series.</param>
/// <param name="Labels">The labels of the series.</param>
internal readonly record struct PendingExemplar(int Row, int Id, Labels Labels, StoredExemplar Exemplar);
