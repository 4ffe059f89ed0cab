using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>1 where there is nothing else.</summary>
internal static class AbsentFunctions
{
    public static List<Row> Absent(VectorCall call) => Where(call.Vector(0), call.Call.Arguments[0], call.Steps, call.Work);

    /// <summary>One row with 1 at the steps at which no row has a sample; no row where there is no such step.</summary>
    /// <param name="argument">The selector whose equality matchers give the labels.</param>
    /// <param name="work">Called for work done, so that the query can be ended in between.</param>
    public static List<Row> Where(List<Row> rows, Expr argument, int steps, Action<int> work)
    {
        var absent = Row.Blank(LabelsOf(argument), steps);
        var any = false;
        for (var step = 0; step < steps; step++)
        {
            work(1 + (rows.Count / 8));
            if (!rows.Exists(row => row.Has(step)))
            {
                absent.Values[step] = 1;
                any = true;
            }
        }

        return any ? [absent] : [];
    }

    private static Labels LabelsOf(Expr argument)
    {
        var matchers = VectorCall.Unwrap(argument) switch
        {
            VectorSelector selector => selector.Matchers,
            MatrixSelector matrix => matrix.Selector.Matchers,
            _ => [],
        };
        var labels = new LabelsBuilder();
        var seen = new HashSet<string>();
        foreach (var matcher in matchers)
        {
            if (matcher.Name == Labels.MetricName)
            {
                continue;
            }

            // A label with two conditions has no one value.
            if (matcher.Type == Model.MatchType.Equal && seen.Add(matcher.Name))
            {
                labels.Set(matcher.Name, matcher.Value);
            }
            else
            {
                labels.Remove(matcher.Name);
            }
        }

        return labels.ToLabels().WithoutEmpty();
    }
}
