using Tallygate.Model;
using Tallygate.Model.RegularExpressions;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Functions that look at the labels only.</summary>
internal static class LabelFunctions
{
    public static List<Row> Replace(VectorCall call)
    {
        var target = call.Text(1);
        var template = call.Text(2);
        var source = call.Text(3);
        var pattern = Compile(call.Text(4));
        if (!NameValidation.IsUtf8Name(target))
        {
            throw QueryException.Execution($"invalid destination label name in label_replace(): {target}");
        }

        var rows = call.Vector(0);
        foreach (var row in rows)
        {
            call.Work(32);
            if (pattern.TryExpand(row.Labels.Get(source), template, out var value))
            {
                Set(row, target, value);
            }
        }

        return rows;
    }

    public static List<Row> Join(VectorCall call)
    {
        var target = call.Text(1);
        var separator = call.Text(2);
        var sources = new string[call.Call.Arguments.Count - 3];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = call.Text(i + 3);
            if (!NameValidation.IsUtf8Name(sources[i]))
            {
                throw QueryException.Execution($"invalid source label name in label_join(): {sources[i]}");
            }
        }

        if (!NameValidation.IsUtf8Name(target))
        {
            throw QueryException.Execution($"invalid destination label name in label_join(): {target}");
        }

        var rows = call.Vector(0);
        foreach (var row in rows)
        {
            call.Work(16);
            Set(row, target, string.Join(separator, sources.Select(row.Labels.Get)));
        }

        return rows;
    }

    private static Re2Pattern Compile(string pattern)
    {
        try
        {
            return Re2Pattern.Anchored(pattern);
        }
        catch (ArgumentException)
        {
            throw QueryException.Execution($"invalid regular expression in label_replace(): {pattern}");
        }
    }

    private static void Set(Row row, string name, string value)
    {
        row.Labels = value.Length == 0 ? row.Labels.Without(name) : row.Labels.With(name, value);

        // A name that was set on purpose stays.
        row.DropsName &= name != Labels.MetricName;
    }
}
