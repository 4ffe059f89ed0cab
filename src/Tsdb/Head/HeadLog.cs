using System.Runtime.InteropServices;
using Tallygate.Tsdb.Notes;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Head;

/// <summary>Writes what changes in a head to its write-ahead log. For the commit lock's holder.</summary>
internal sealed class HeadLog(WalWriter wal, SeriesRows rows) : IDisposable
{
    // So many names are some hundred KiB of log.
    private const int MostDefinitions = 4096;

    private readonly WalBatch _record = new();
    private readonly List<MemSeries> _undefined = [];

    /// <summary>How many records could not be written.</summary>
    public long Failures { get; private set; }

    /// <summary>The last record.</summary>
    public long LastSequence => wal.LastSequence;

    /// <summary>
    /// Writes a commit as one record, and with it, whole or not at all, what it says beside samples. Only where it names very many series for
    /// the first time do their names come in records before it: a series that has a name and no sample is not seen.
    /// </summary>
    /// <returns>How many bytes it took.</returns>
    /// <exception cref="IOException">It could not be written, or not all of it; none of its samples is in the log.</exception>
    public long Write(AppendBatch batch)
    {
        var bytes = 0L;
        _undefined.Clear();
        try
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch[i].IsDefined)
                {
                    continue;
                }

                if (_undefined.Count == MostDefinitions)
                {
                    Define();
                    new CommitRecord.SampleWriter(_record, 0).End();
                    bytes += Append();
                    _undefined.Clear();
                }

                batch[i].SetDefined(true);
                _undefined.Add(batch[i]);
            }

            Define();
            var samples = new CommitRecord.SampleWriter(_record, batch.Count);
            for (var i = 0; i < batch.Count; i++)
            {
                samples.Write(batch.SampleAt(i), batch[i].LastBits);
            }

            samples.End();
            return bytes + Append(batch.Notes);
        }
        catch
        {
            foreach (var series in _undefined)
            {
                series.SetDefined(false);
            }

            throw;
        }
    }

    /// <summary>Writes that nothing comes in order before a time any more.</summary>
    public void WriteSeal(long time)
    {
        _record.Clear();
        SealRecord.Write(_record, time);
        AppendRecord();
    }

    /// <summary>Writes what was deleted.</summary>
    public void WriteDeletion(List<(int Id, Interval Interval)> deleted)
    {
        _record.Clear();
        DeletionRecord.Write(_record, deleted);
        AppendRecord();
    }

    public void Dispose() => _record.Dispose();

    private void Define()
    {
        _record.Clear();
        CommitRecord.Begin(_record, _undefined.Count);
        foreach (var series in CollectionsMarshal.AsSpan(_undefined))
        {
            var pairs = rows.PairsOf(series.Row);
            CommitRecord.BeginDefinition(_record, series.Id, pairs.Length);
            foreach (var pair in pairs)
            {
                CommitRecord.WriteLabel(_record, rows.Postings.Pair(pair));
            }
        }
    }

    private int Append(PendingNotes? notes = null)
    {
        _record.EndRecord();
        if (notes is not null)
        {
            // A series that was dropped meanwhile, or never got a sample, has no name in the log.
            notes.Exemplars.RemoveAll(e => new MemSeries(rows, e.Row, e.Id) is not { IsRemoved: false, IsDefined: true });
            notes.Write(_record);
        }

        AppendRecord();
        return _record.Length;
    }

    private void AppendRecord()
    {
        try
        {
            wal.Append(_record);
        }
        catch (IOException)
        {
            Failures++;
            throw;
        }
    }
}
