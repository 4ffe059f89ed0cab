using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>topk</c> and <c>bottomk</c> at one step: the k elements with the largest or smallest values, NaN last. Histograms are left out.</summary>
internal sealed class RankSelection
{
    private readonly AggregateContext _context;
    private readonly bool _isTop;

    // A heap with the element on top that is the first to go.
    private readonly List<Row> _heap = [];

    /// <summary>The value of the heap's top.</summary>
    private double _worst;

    public RankSelection(AggregateContext context, bool isTop)
    {
        _context = context;
        _isTop = isTop;
    }

    /// <summary>Takes note of a row of the group, in the order of the group.</summary>
    public void Offer(Row row, int step, long k)
    {
        var value = row.Values[step];
        if (StaleMarker.Is(value))
        {
            if (row.HistogramAt(step) is not null)
            {
                _context.Annotations.Inform(
                    $"ignored histogram in {(_isTop ? "topk" : "bottomk")} aggregation", _context.Expr.Position);
            }

            return;
        }

        if (_heap.Count < k)
        {
            _heap.Add(row);
            Raise(_heap.Count - 1, step);
            _worst = _heap[0].Values[step];
        }
        else if ((_isTop ? _worst < value : _worst > value) || (double.IsNaN(_worst) && !double.IsNaN(value)))
        {
            _heap[0] = row;
            Sink(step);
            _worst = _heap[0].Values[step];
        }
    }

    /// <summary>The rows that are chosen at the step, the best first. After it another group can be offered.</summary>
    public List<Row> TakeChosen(int step, Action<int> work)
    {
        var chosen = new List<Row>(_heap);
        ValueOrder.Sort(chosen, step, descending: _isTop, work);
        _heap.Clear();
        return chosen;
    }

    private void Raise(int at, int step)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!GoesFirst(at, parent, step))
            {
                return;
            }

            (_heap[at], _heap[parent]) = (_heap[parent], _heap[at]);
            at = parent;
        }
    }

    private void Sink(int step)
    {
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= _heap.Count)
            {
                return;
            }

            if (child + 1 < _heap.Count && GoesFirst(child + 1, child, step))
            {
                child++;
            }

            if (!GoesFirst(child, at, step))
            {
                return;
            }

            (_heap[at], _heap[child]) = (_heap[child], _heap[at]);
            at = child;
        }
    }

    private bool GoesFirst(int a, int b, int step)
    {
        var left = _heap[a].Values[step];
        var right = _heap[b].Values[step];
        return double.IsNaN(left) || (_isTop ? left < right : left > right);
    }
}
