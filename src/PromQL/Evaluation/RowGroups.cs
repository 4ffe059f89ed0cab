using Tallygate.Model;
using Tallygate.PromQL.Evaluation.Aggregations;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Adds rows to the aggregate of their group as they come, so that one row's room serves all of them. Only rows with histograms are kept,
/// and added at the end: what is said of them is said after all that evaluating the rows has to say.
/// </summary>
internal sealed class RowGroups : RowSink
{
    private readonly AggregateContext _context;
    private readonly LabelGrouping _grouping;
    private readonly SampleLimiter _limiter;
    private readonly Dictionary<Labels, int> _numbers = [];
    private readonly List<(Row Result, GroupAggregate Aggregate)> _groups = [];
    private readonly List<(Row Row, int Group)> _withHistograms = [];
    private readonly List<Labels> _members = [];
    private Row? _spare;
    private string? _name;
    private bool _mayHaveTwins;
    private Labels? _lastLabels;
    private int _lastGroup;

    /// <param name="hasDistinctRows">Whether the rows come from series of the store, no two of which have the same labels.</param>
    public RowGroups(AggregateContext context, LabelGrouping grouping, SampleLimiter limiter, bool hasDistinctRows)
    {
        _mayHaveTwins = !hasDistinctRows;
        _context = context;
        _grouping = grouping;
        _limiter = limiter;
    }

    /// <summary>Whether two rows have the same labels. Series that differ do so without their name too, as long as all have the same.</summary>
    public bool HasTwins()
    {
        if (!_mayHaveTwins)
        {
            return false;
        }

        var seen = new HashSet<Labels>(_members.Count);
        return _members.Exists(labels => !seen.Add(labels));
    }

    public override Row Next(Labels labels, int steps)
    {
        if (!_mayHaveTwins)
        {
            var name = labels.Name;
            _name ??= name;
            _mayHaveTwins = name != _name || labels.Has("__type__") || labels.Has("__unit__");
        }

        if (_spare is not { } row)
        {
            return _spare = Row.Blank(labels, steps);
        }

        row.Labels = labels;
        row.DropsName = false;
        return row;
    }

    public override void Take(Row row)
    {
        _limiter.Hold(row.CountSamples());
        _members.Add(row.Labels);
        var labels = _grouping.Of(row.Labels);
        var number = ReferenceEquals(labels, _lastLabels) ? _lastGroup : GroupOf(labels, row.Steps);
        (_lastLabels, _lastGroup) = (labels, number);
        var (result, aggregate) = _groups[number];
        result.DropsName |= row.DropsName;
        aggregate.AddFloats(row.Values);
        if (row.Histograms is null)
        {
            Array.Fill(row.Values, StaleMarker.Value);
        }
        else
        {
            _withHistograms.Add((row, number));
            _spare = null;
        }
    }

    private int GroupOf(Labels labels, int steps)
    {
        if (!_numbers.TryGetValue(labels, out var number))
        {
            _limiter.MakeRoom(AggregateEvaluator.RoomOfGroup * steps);
            number = _groups.Count;
            _numbers.Add(labels, number);
            _groups.Add((Row.Blank(labels, steps), AggregateEvaluator.Create(_context)));
        }

        return number;
    }

    /// <summary>The groups' rows, in the order in which the groups came up.</summary>
    public List<Row> Finish()
    {
        foreach (var (row, group) in _withHistograms)
        {
            _groups[group].Aggregate.AddHistograms(row);
        }

        var results = new List<Row>(_groups.Count);
        foreach (var (result, aggregate) in _groups)
        {
            aggregate.Finish(result);
            if (!result.IsEmpty())
            {
                results.Add(result);
            }
        }

        return results;
    }
}
