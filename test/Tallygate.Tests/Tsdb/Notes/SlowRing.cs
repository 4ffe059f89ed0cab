using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Tsdb.Notes;

/// <summary>The obviously right twin of the ring: a list in the order of coming, and everything looked for from the front.</summary>
internal sealed class SlowRing(int capacity, long window)
{
    private readonly List<(Labels Series, StoredExemplar Exemplar)> _all = [];
    private int _capacity = capacity;

    public IReadOnlyList<(Labels Series, StoredExemplar Exemplar)> All => _all;

    public ExemplarStatus Add(Labels series, StoredExemplar exemplar)
    {
        if (_capacity == 0)
        {
            return ExemplarStatus.NotKept;
        }

        var status = Judge(Of(series), exemplar);
        if (status == ExemplarStatus.Appended)
        {
            _all.Add((series, exemplar));
            Cut();
        }

        return status;
    }

    public void Resize(int to)
    {
        _capacity = to;
        Cut();
    }

    /// <summary>Those of one series in the order of their times; of equal times the one that came first is first.</summary>
    public List<StoredExemplar> Of(Labels series) => [.. _all.Where(e => e.Series.Equals(series)).Select(static e => e.Exemplar).OrderBy(static e => e.Time)];

    private ExemplarStatus Judge(List<StoredExemplar> known, StoredExemplar exemplar)
    {
        if (known.Count == 0)
        {
            return ExemplarStatus.Appended;
        }

        var newest = known[^1];
        var sameTime = exemplar.Time == newest.Time || !(exemplar.HasOwnTime || newest.HasOwnTime);
        if (sameTime && exemplar.Value == newest.Value && exemplar.Labels.Equals(newest.Labels))
        {
            return ExemplarStatus.Duplicate;
        }

        if (exemplar.Time == newest.Time)
        {
            var rank = exemplar.Value.CompareTo(newest.Value) is not 0 and var byValue ? byValue : exemplar.Labels.CompareTo(newest.Labels);
            return rank < 0 ? ExemplarStatus.OutOfOrder : ExemplarStatus.Appended;
        }

        if (exemplar.Time < newest.Time && newest.Time - exemplar.Time >= window)
        {
            return ExemplarStatus.OutOfOrder;
        }

        return exemplar.Time < newest.Time && known.Exists(k => k.Time == exemplar.Time) ? ExemplarStatus.Duplicate : ExemplarStatus.Appended;
    }

    private void Cut()
    {
        while (_all.Count > _capacity)
        {
            _all.RemoveAt(0);
        }
    }
}
