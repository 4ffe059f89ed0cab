using Tallygate.Model;
using Tallygate.Tsdb.Head;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Notes;

/// <summary>The exemplars and descriptions of families that a batch has taken so far.</summary>
internal sealed class PendingNotes
{
    public List<PendingExemplar> Exemplars { get; } = [];

    public List<FamilyDescription> Families { get; } = [];

    /// <summary>
    /// Adds them to what is written to the log. A series that was dropped meanwhile, or never got a sample, has no name there: its exemplars
    /// are left out.
    /// </summary>
    public void Write(WalBatch target)
    {
        Exemplars.RemoveAll(static e => e.Series.IsRemoved || !e.Series.IsDefined);
        if (Exemplars.Count > 0)
        {
            ExemplarRecord.Write(target, Exemplars);
        }

        if (Families.Count > 0)
        {
            MetadataRecord.Write(target, Families);
        }
    }
}
