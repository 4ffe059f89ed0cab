using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Evaluates an arithmetic operator or a comparison between two vectors. Each element of one side is matched with at most one of the other
/// at each step; "many" below is the side that may have several for one match, "one" the other (for one-to-one: left and right).
/// </summary>
internal sealed class VectorMatcher
{
    private readonly BinaryExpr _expr;
    private readonly VectorMatching _matching;
    private readonly QueryRun _run;
    private readonly int _steps;
    private readonly ElementOperation _operation;
    private readonly MatchSignatures _signatures;
    private readonly bool _isSwapped;
    private readonly List<Row> _results = [];
    private readonly Dictionary<Labels, Row> _resultsByLabels = [];

    /// <summary>For one-to-one: by signature, the steps at which a match was made.</summary>
    private bool[]?[] _matched = [];

    /// <summary>For one-to-many: by signature and result labels, the steps at which a match was made.</summary>
    private Dictionary<Labels, bool[]>?[] _matchedLabels = [];

    public VectorMatcher(BinaryExpr expr, QueryRun run, int steps)
    {
        _expr = expr;
        _matching = expr.Matching!;
        _run = run;
        _steps = steps;
        _operation = new ElementOperation(expr, steps);
        _signatures = new MatchSignatures(_matching);
        _isSwapped = _matching.Cardinality == MatchCardinality.OneToMany;
    }

    private bool IsOneToOne => _matching.Cardinality == MatchCardinality.OneToOne;

    public List<Row> Evaluate(List<Row> left, List<Row> right)
    {
        var many = _isSwapped ? right : left;
        var one = _isSwapped ? left : right;
        var manyNumbers = _signatures.Of(many, _run.Limiter.Work);
        var oneNumbers = _signatures.Of(one, _run.Limiter.Work);
        _matched = new bool[]?[_signatures.Count];
        _matchedLabels = new Dictionary<Labels, bool[]>?[_signatures.Count];
        var matches = new Row?[_signatures.Count][];
        var concerns = StepsThatConcern(many);
        for (var i = 0; i < one.Count; i++)
        {
            _run.Limiter.Work(_steps);
            Register(matches[oneNumbers[i]] ??= new Row?[_steps], one[i], concerns);
        }

        for (var i = 0; i < many.Count; i++)
        {
            _run.Limiter.Work(_steps);
            Match(many[i], manyNumbers[i], matches[manyNumbers[i]], _matching.FillRight);
        }

        if (_matching.FillLeft is { } fill)
        {
            for (var i = 0; i < one.Count; i++)
            {
                _run.Limiter.Work(_steps);
                FillMany(one[i], oneNumbers[i], fill);
            }
        }

        _operation.Tell(_run.Annotations);
        _results.RemoveAll(static row => row.IsEmpty());
        return _results;
    }

    /// <summary>The steps at which the "many" side has anything to match; at others the "one" side may be ambiguous.</summary>
    private bool[] StepsThatConcern(List<Row> many)
    {
        var concerns = new bool[_steps];
        if (_matching.FillLeft is not null || _matching.FillRight is not null)
        {
            Array.Fill(concerns, true);
            return concerns;
        }

        foreach (var row in many)
        {
            _run.Limiter.Work(_steps);
            for (var step = 0; step < _steps; step++)
            {
                concerns[step] |= row.Has(step);
            }
        }

        return concerns;
    }

    /// <summary>Notes at which steps the row is the one to match.</summary>
    private void Register(Row?[] matches, Row row, bool[] concerns)
    {
        for (var step = 0; step < _steps; step++)
        {
            if (!row.Has(step) || !concerns[step])
            {
                continue;
            }

            if (matches[step] is { } other)
            {
                throw Duplicate(row.Labels, other.Labels);
            }

            matches[step] = row;
        }
    }

    private void Match(Row many, int signature, Row?[]? matches, double? fill)
    {
        Row? filler = null;
        Row? lastOne = null;
        Row? target = null;
        for (var step = 0; step < _steps; step++)
        {
            if (!many.Has(step))
            {
                continue;
            }

            var one = matches?[step];
            if (one is null)
            {
                if (fill is not { } value)
                {
                    continue;
                }

                one = filler ??= Filler(many.Labels, value);
            }

            if (!ReferenceEquals(one, lastOne))
            {
                lastOne = one;
                target = Target(many, one);
            }

            Apply(many, one, target!, signature, step);
        }
    }

    /// <summary>Elements of the "one" side without a match get the filling in place of the "many" side.</summary>
    private void FillMany(Row one, int signature, double fill)
    {
        var filler = Filler(one.Labels, fill);
        Row? target = null;
        for (var step = 0; step < _steps; step++)
        {
            if (one.Has(step) && !WasMatched(signature, step))
            {
                target ??= Target(filler, one);
                Apply(filler, one, target, signature, step);
            }
        }
    }

    private void Apply(Row many, Row one, Row target, int signature, int step)
    {
        var left = _isSwapped ? one : many;
        var right = _isSwapped ? many : one;
        var applies = _operation.TryApply(
            step,
            left.Values[step],
            left.HistogramAt(step),
            right.Values[step],
            right.HistogramAt(step),
            out var value,
            out var histogram,
            out var keeps);
        if (!applies)
        {
            return;
        }

        RefuseSecondMatch(target.Labels, signature, step);
        if (!keeps && !_expr.ReturnsBool)
        {
            return;
        }

        if (target.Has(step))
        {
            throw QueryException.SameLabels();
        }

        if (_expr.ReturnsBool)
        {
            target.Values[step] = keeps ? 1 : 0;
        }
        else if (histogram is not null)
        {
            target.SetHistogram(step, histogram);
        }
        else
        {
            target.Values[step] = value;
        }
    }

    private void RefuseSecondMatch(Labels labels, int signature, int step)
    {
        bool[] matched;
        if (IsOneToOne)
        {
            matched = _matched[signature] ??= new bool[_steps];
        }
        else
        {
            var byLabels = _matchedLabels[signature] ??= [];
            if (!byLabels.TryGetValue(labels, out matched!))
            {
                matched = new bool[_steps];
                byLabels.Add(labels, matched);
            }
        }

        if (matched[step])
        {
            throw QueryException.Execution(IsOneToOne
                ? "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                : "multiple matches for labels: grouping labels must ensure unique matches");
        }

        matched[step] = true;
    }

    private bool WasMatched(int signature, int step)
    {
        if (IsOneToOne)
        {
            return _matched[signature]?[step] ?? false;
        }

        return _matchedLabels[signature]?.Values.Any(matched => matched[step]) ?? false;
    }

    private Row Filler(Labels labels, double value)
    {
        var row = Row.Blank(_signatures.Signature(labels), _steps);
        Array.Fill(row.Values, value);
        return row;
    }

    /// <summary>The row for the results of a pair.</summary>
    private Row Target(Row many, Row one)
    {
        var labels = ResultLabels(many.Labels, one.Labels);
        if (!_resultsByLabels.TryGetValue(labels, out var target))
        {
            _run.Limiter.MakeRoom(_steps);
            target = Row.Blank(labels, _steps);
            target.DropsName = _expr.ReturnsBool;
            _resultsByLabels.Add(labels, target);
            _results.Add(target);
        }

        return target;
    }

    private Labels ResultLabels(Labels many, Labels one)
    {
        var labels = many;
        if (FloatOperators.ChangesMeaning(_expr.Operator) || (_expr.ReturnsBool && !_run.DelayedNameRemoval))
        {
            labels = RowSet.WithoutMetadata(labels);
        }

        if (IsOneToOne)
        {
            labels = Restrict(labels);
        }

        foreach (var name in _matching.Include)
        {
            var value = one.Get(name);
            labels = value.Length == 0 ? labels.Without(name) : labels.With(name, value);
        }

        return labels;
    }

    private Labels Restrict(Labels labels)
    {
        var names = _matching.Labels;
        var kept = new List<Label>(labels.Count);
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (names.Contains(label.Name) == _matching.On)
            {
                kept.Add(label);
            }
        }

        return kept.Count == labels.Count ? labels : Labels.FromSorted([.. kept]);
    }

    private QueryException Duplicate(Labels a, Labels b)
    {
        var first = a.ToString();
        var second = b.ToString();
        if (string.CompareOrdinal(first, second) > 0)
        {
            (first, second) = (second, first);
        }

        var side = _isSwapped ? "left" : "right";
        return QueryException.Execution(
            $"found duplicate series for the match group {_signatures.Signature(a)} on the {side} hand-side of the operation: "
                + $"[{first}, {second}];many-to-many matching not allowed: matching labels must be unique on one side");
    }
}
