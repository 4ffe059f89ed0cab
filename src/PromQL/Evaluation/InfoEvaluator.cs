using System.Text;
using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Evaluates <c>info</c>: adds to each series the labels of info series (<c>target_info</c>, or those that the second argument names) with
/// the same job and instance.
/// </summary>
internal sealed class InfoEvaluator
{
    private static readonly string[] Identifying = ["instance", "job"];

    private readonly Evaluator _evaluator;
    private readonly QueryRun _run;

    public InfoEvaluator(Evaluator evaluator)
    {
        _evaluator = evaluator;
        _run = evaluator.Run;
    }

    public List<Row> Evaluate(CallExpr call, in Grid grid)
    {
        var (names, data) = Conditions(call);
        var rows = _evaluator.Evaluate(call.Arguments[0], grid, "info");
        var isInfo = rows.ConvertAll(row => names.TrueForAll(matcher => matcher.Matches(row.Labels.Name)));
        var info = Fetch(rows, isInfo, names, data, TimeOf(call.Arguments[0]), grid);
        return Combine(rows, isInfo, info, data, grid);
    }

    /// <summary>The conditions on the names of info series, and those on the labels that they give, by label.</summary>
    private static (List<LabelMatcher> Names, Dictionary<string, List<LabelMatcher>> Data) Conditions(CallExpr call)
    {
        var names = new List<LabelMatcher>();
        var data = new Dictionary<string, List<LabelMatcher>>();
        if (call.Arguments.Count > 1 && Functions.VectorCall.Unwrap(call.Arguments[1]) is VectorSelector selector)
        {
            foreach (var matcher in selector.Matchers)
            {
                if (matcher.Name == Labels.MetricName)
                {
                    names.Add(matcher);
                }
                else if (data.TryGetValue(matcher.Name, out var matchers))
                {
                    matchers.Add(matcher);
                }
                else
                {
                    data.Add(matcher.Name, [matcher]);
                }
            }
        }

        if (names.Count == 0)
        {
            names.Add(new LabelMatcher(Model.MatchType.Equal, Labels.MetricName, "target_info"));
        }
        else if (!names.Exists(static matcher => matcher.Type is Model.MatchType.Equal or Model.MatchType.Regexp))
        {
            names.Insert(0, new LabelMatcher(Model.MatchType.Regexp, Labels.MetricName, ".+_info"));
        }

        return (names, data);
    }

    /// <summary>The time of the first selector in the expression governs that of the info series too.</summary>
    private static SelectorTime TimeOf(Expr expr)
    {
        var path = new List<SubqueryExpr>();
        return FirstSelector(expr, path) is { } selector ? TimeOf(selector, path) : new SelectorTime(null, 0);
    }

    private static SelectorTime TimeOf(VectorSelector selector, List<SubqueryExpr> path)
    {
        var at = selector.TimestampMs;
        var offset = selector.OffsetMs;
        for (var i = path.Count - 1; at is null && i >= 0; i--)
        {
            offset += path[i].OffsetMs;
            at = path[i].TimestampMs;
        }

        return new SelectorTime(at, offset);
    }

    private static VectorSelector? FirstSelector(Expr expr, List<SubqueryExpr> path)
    {
        if (expr is VectorSelector selector)
        {
            return selector;
        }

        if (expr is SubqueryExpr subquery)
        {
            path.Add(subquery);
        }

        foreach (var child in expr.Children)
        {
            if (FirstSelector(child, path) is { } found)
            {
                return found;
            }
        }

        if (expr is SubqueryExpr)
        {
            path.RemoveAt(path.Count - 1);
        }

        return null;
    }

    /// <summary>The info series that can match, with the times of their samples as values.</summary>
    private List<Row> Fetch(
        List<Row> rows,
        List<bool> isInfo,
        List<LabelMatcher> names,
        Dictionary<string, List<LabelMatcher>> data,
        SelectorTime time,
        in Grid grid)
    {
        var matchers = new List<LabelMatcher>();
        foreach (var name in Identifying)
        {
            var values = rows.Where((_, i) => !isInfo[i]).Select(row => row.Labels.Get(name)).Where(value => value.Length > 0).Distinct();
            var pattern = string.Join('|', values.Select(QuoteMeta));
            if (pattern.Length > 0)
            {
                matchers.Add(new LabelMatcher(Model.MatchType.Regexp, name, pattern));
            }
        }

        if (matchers.Count == 0)
        {
            return [];
        }

        matchers.AddRange(data.Values.SelectMany(static list => list));
        matchers.AddRange(names);
        var (series, from, to) = _evaluator.Selectors.Select(matchers, grid, time, "info", ahead: 0);
        return _evaluator.Selectors.Evaluate(series, from, to, grid, time, SelectorEvaluator.Kind.Milliseconds);
    }

    private List<Row> Combine(
        List<Row> rows, List<bool> isInfo, List<Row> info, Dictionary<string, List<LabelMatcher>> data, in Grid grid)
    {
        var infoBySignature = info.GroupBy(row => Signature(row.Labels.Name, row.Labels)).ToDictionary(g => g.Key, g => g.ToList());
        var infoNames = info.Select(row => row.Labels.Name).Distinct().ToList();
        var mustMatch = data.Values.Any(list => list.Exists(static matcher => !matcher.MatchesEmpty));
        var results = new List<Row>(rows.Count);
        for (var step = 0; step < grid.Count; step++)
        {
            _run.Limiter.Work(info.Count);
            RefuseAmbiguous(infoBySignature, step);
        }

        for (var i = 0; i < rows.Count; i++)
        {
            if (isInfo[i])
            {
                results.Add(rows[i]);
                continue;
            }

            var candidates = infoNames
                .Select(name => infoBySignature.GetValueOrDefault(Signature(name, rows[i].Labels)))
                .OfType<List<Row>>()
                .ToList();
            Enrich(rows[i], candidates, data, mustMatch, results);
        }

        return RowSet.Merge(results, _run.Limiter.Work);
    }

    private void Enrich(
        Row row, List<List<Row>> candidates, Dictionary<string, List<LabelMatcher>> data, bool mustMatch, List<Row> results)
    {
        var byLabels = new Dictionary<Labels, Row>();
        for (var step = 0; step < row.Steps; step++)
        {
            _run.Limiter.Work(16);
            if (!row.Has(step))
            {
                continue;
            }

            var matched = candidates.Select(list => Newest(list, step)).OfType<Row>().ToList();
            if (matched.Count == 0 && mustMatch)
            {
                continue;
            }

            var labels = WithInfo(row.Labels, matched, data);
            if (!byLabels.TryGetValue(labels, out var result))
            {
                result = Row.Blank(labels, row.Steps);
                result.DropsName = row.DropsName;
                byLabels.Add(labels, result);
                results.Add(result);
            }

            result.CopyStep(row, step);
        }
    }

    private static Labels WithInfo(Labels labels, List<Row> matched, Dictionary<string, List<LabelMatcher>> data)
    {
        var added = new Dictionary<string, string>();
        foreach (var info in matched)
        {
            foreach (ref readonly var label in info.Labels.AsSpan())
            {
                if (label.Name == Labels.MetricName || (data.Count > 0 && !data.ContainsKey(label.Name)))
                {
                    continue;
                }

                if (added.TryGetValue(label.Name, out var other) && other != label.Value)
                {
                    throw QueryException.Execution($"conflicting label: {label.Name}");
                }

                if (!labels.Has(label.Name))
                {
                    added[label.Name] = label.Value;
                }
            }
        }

        foreach (var (name, value) in added)
        {
            labels = labels.With(name, value);
        }

        return labels;
    }

    private static Row? Newest(List<Row> rows, int step)
    {
        Row? newest = null;
        foreach (var row in rows)
        {
            if (row.HasFloat(step) && (newest is null || row.Values[step] > newest.Values[step]))
            {
                newest = row;
            }
        }

        return newest;
    }

    private static void RefuseAmbiguous(Dictionary<Labels, List<Row>> infoBySignature, int step)
    {
        foreach (var list in infoBySignature.Values)
        {
            Row? newest = null;
            foreach (var row in list.Where(row => row.HasFloat(step)))
            {
                if (newest is not null && newest.Values[step] == row.Values[step])
                {
                    var time = (long)row.Values[step];
                    throw QueryException.Execution(
                        $"found duplicate series for info metric: existing {newest.Labels} @ {time}, new {row.Labels} @ {time}");
                }

                newest = newest is null || row.Values[step] > newest.Values[step] ? row : newest;
            }
        }
    }

    private static Labels Signature(string infoName, Labels labels)
    {
        var signature = Labels.Of(Labels.MetricName, infoName);
        foreach (var name in Identifying)
        {
            if (labels.TryGet(name, out var value))
            {
                signature = signature.With(name, value);
            }
        }

        return signature;
    }

    private static string QuoteMeta(string text)
    {
        var quoted = new StringBuilder();
        foreach (var c in text)
        {
            if (@"\.+*?()|[]{}^$".Contains(c))
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        return quoted.ToString();
    }
}
