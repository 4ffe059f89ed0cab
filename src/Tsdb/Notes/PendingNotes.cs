using Tallygate.Model;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Notes;

/// <summary>The exemplars and descriptions of families that a batch has taken so far.</summary>
internal sealed class PendingNotes
{
    public List<PendingExemplar> Exemplars { get; } = [];

    public List<FamilyDescription> Families { get; } = [];

    /// <summary>Adds them to what is written to the log. The log must know the ids of all series.</summary>
    public void Write(WalBatch target)
    {
        if (Exemplars.Count > 0)
        {
            ExemplarRecord.Write(target, Exemplars.ConvertAll(static e => (e.Id, e.Exemplar)));
        }

        if (Families.Count > 0)
        {
            MetadataRecord.Write(target, Families);
        }
    }
}
