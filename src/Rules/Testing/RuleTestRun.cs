using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Parsing;
using Tallygate.PromQL.Values;
using Tallygate.Rules.Alerting;
using Tallygate.Storage;

namespace Tallygate.Rules.Testing;

/// <summary>Runs one test over a store of its own: samples come step by step, and at each step all rules are evaluated.</summary>
internal sealed class RuleTestRun
{
    private readonly RuleTestSuite _suite;
    private readonly RuleTest _test;
    private readonly Engine _engine;
    private readonly InMemoryStorage _storage = new(allowOutOfOrder: true);
    private readonly List<string> _failures = [];

    public RuleTestRun(RuleTestSuite suite, RuleTest test, Engine engine)
    {
        _suite = suite;
        _test = test;
        _engine = engine;
    }

    /// <summary>What came out wrong.</summary>
    public IReadOnlyList<string> Run()
    {
        var series = new List<SeriesDescription>();
        foreach (var line in _test.Series)
        {
            if (!Parser.TryParseSeriesDescription(line, out var one, out var errors))
            {
                return [errors[0].ToString()];
            }

            series.RemoveAll(other => other.Labels.Equals(one.Labels));
            series.Add(one);
        }

        if (_test.Alerts.FirstOrDefault(static alert => alert.Name.Length == 0) is { } nameless)
        {
            return [$"an item under alert_rule_test misses required attribute alertname at eval_time {Text(nameless.Time)}"];
        }

        if (Groups(out var problems) is not { } groups)
        {
            return problems;
        }

        var feed = new SampleFeed(_storage, series, _test.Start, (long)_test.Interval.TotalMilliseconds);
        if (TryEvaluate(groups, feed))
        {
            feed.AppendUntil(long.MaxValue);
            foreach (var query in _test.Queries)
            {
                Check(query);
            }
        }

        return _failures;
    }

    private List<RuleGroup>? Groups(out IReadOnlyList<string> problems)
    {
        var manager = new RuleManager(
            new RuleManagerOptions { ExternalUrl = _test.ExternalUrl }, _engine, _storage, _storage, TimeProvider.System);

        // With a load before, there is no earlier process whose alerts are to be waited for.
        manager.Apply([], _test.Start - 1);
        var interval = _suite.EvaluationInterval;
        var phase = TimeSpan.FromMilliseconds(_test.Start % interval.TotalMilliseconds);
        var definitions = _suite.Rules.Select(group => group with { Interval = interval, Phase = phase, QueryOffset = TimeSpan.Zero }).ToList();
        var found = manager.Apply(definitions, _test.Start - 1, _test.ExternalLabels);
        problems = [.. found.Select(static problem => problem.ToString())];
        return problems.Count > 0 ? null : [.. manager.Groups.OrderBy(group => Place(group.Definition.Name))];
    }

    private int Place(string group)
    {
        var place = _suite.GroupOrder.ToList().IndexOf(group);
        return place < 0 ? int.MaxValue : place;
    }

    /// <summary>Evaluates all rules step by step; false where a rule failed, which ends the test.</summary>
    private bool TryEvaluate(List<RuleGroup> groups, SampleFeed feed)
    {
        var interval = (long)_suite.EvaluationInterval.TotalMilliseconds;
        var last = _test.Alerts.Select(static alert => alert.Time).Concat(_test.Queries.Select(static query => query.Time)).DefaultIfEmpty().Max();
        for (var time = _test.Start; time <= _test.Start + last.TotalMilliseconds; time += interval)
        {
            feed.AppendUntil(time);
            foreach (var group in groups)
            {
                group.Step(time);
                foreach (var rule in group.Status.Rules.Where(static rule => rule.Evaluation.Health == RuleHealth.Bad))
                {
                    _failures.Add($"rule: {rule.Definition.Name}, time: {Text(TimeSpan.FromMilliseconds(time))}, err: {rule.Evaluation.LastError}");
                }
            }

            if (_failures.Exists(static failure => failure.StartsWith("rule: ", StringComparison.Ordinal)))
            {
                return false;
            }

            foreach (var alert in _test.Alerts)
            {
                var at = _test.Start + alert.Time.TotalMilliseconds;
                if (time <= at && at < time + interval)
                {
                    Check(alert, groups);
                }
            }
        }

        return true;
    }

    private void Check(AlertExpectation expectation, List<RuleGroup> groups)
    {
        var found = groups.SelectMany(static group => group.Status.Rules)
            .Where(rule => rule.Definition.Alert == expectation.Name)
            .SelectMany(static rule => rule.Alerts)
            .Where(static alert => alert.State == AlertState.Firing)
            .Select(static alert => Text(alert.Labels, alert.Annotations));
        var expected = expectation.Alerts.Select(alert => Text(alert.Labels.With("alertname", expectation.Name), alert.Annotations));
        Compare($"alertname: {expectation.Name}, time: {Text(expectation.Time)}", expected, found);
    }

    private void Check(QueryExpectation expectation)
    {
        var what = $"expr: {GoQuote.Quote(expectation.Expr)}, time: {Text(expectation.Time)}";
        var result = _engine.Instant(_storage, expectation.Expr, _test.Start + (long)expectation.Time.TotalMilliseconds);
        IReadOnlyList<VectorSample>? found = result.Value switch
        {
            Vector vector => vector.Samples,
            Scalar scalar => [new VectorSample(Labels.Empty, scalar.Time, scalar.Value)],
            _ => null,
        };
        if (found is null)
        {
            _failures.Add($"{what}, err: {result.Error?.Message ?? "rule result is not a vector or scalar"}");
            return;
        }

        var expected = new List<VectorSample>();
        foreach (var (series, value, histogram) in expectation.Samples)
        {
            if (!TrySample(series, value, histogram, out var sample, out var problem))
            {
                _failures.Add($"{what}, err: labels {GoQuote.Quote(series)}: {problem}");
                return;
            }

            expected.Add(sample);
        }

        var left = found.ToList();
        var areAll = expected.Count == left.Count && expected.TrueForAll(sample => left.FindIndex(other => AreEqual(sample, other)) is var at
            && at >= 0 && left.Remove(left[at]));
        if (!areAll)
        {
            _failures.Add($"{what},\n        exp: {Text(expected)}\n        got: {Text(found)}");
        }
    }

    private static bool TrySample(string series, double value, string histogram, out VectorSample sample, out string problem)
    {
        sample = default;
        problem = "";
        var labels = Labels.Empty;
        if (series.Length > 0 && !Parser.TryParseMetric(series, out labels, out var errors))
        {
            problem = errors[0].ToString();
            return false;
        }

        sample = new VectorSample(labels, 0, value);
        if (histogram.Length == 0)
        {
            return true;
        }

        if (!Parser.TryParseSeriesDescription("{} " + histogram, out var description, out errors))
        {
            problem = errors[0].ToString();
            return false;
        }

        sample = sample with { Histogram = description.Values.Count == 1 ? description.Values[0].Histogram : null };
        problem = sample.Histogram is null ? "expected one histogram" : "";
        return sample.Histogram is not null;
    }

    private bool AreEqual(VectorSample expected, VectorSample found)
    {
        if (!expected.Labels.Equals(found.Labels) || (expected.Histogram is null) != (found.Histogram is null))
        {
            return false;
        }

        return expected.Histogram is not null
            ? expected.Histogram.ToNotation() == found.Histogram!.ToNotation()
            : expected.Value == found.Value || (_suite.FuzzyCompare
                && (Math.BitIncrement(expected.Value) == found.Value || Math.BitDecrement(expected.Value) == found.Value));
    }

    private void Compare(string what, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var (exp, got) = (expected.Order(StringComparer.Ordinal).ToList(), found.Order(StringComparer.Ordinal).ToList());
        if (!exp.SequenceEqual(got))
        {
            _failures.Add($"{what},\n        exp:[{string.Join(", ", exp)}],\n        got:[{string.Join(", ", got)}]");
        }
    }

    private static string Text(TimeSpan time) => PromDuration.Format((long)time.TotalMilliseconds);

    private static string Text(Labels labels, Labels annotations) => $"Labels:{labels} Annotations:{annotations}";

    private static string Text(IReadOnlyList<VectorSample> samples) => samples.Count == 0
        ? "nil"
        : string.Join(", ", samples.Select(static sample =>
            $"{sample.Labels} {sample.Histogram?.ToNotation() ?? FloatText.Format(sample.Value, FloatForm.General)}"));
}
