using Tallygate.Model;
using Tallygate.PromQL.Values;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>Queries, what can be done with their answers, and how values get into definitions.</summary>
internal static class QueryFunctions
{
    /// <summary>How Go calls it when there is no sample to ask.</summary>
    private const string NoSample = "runtime error: invalid memory address or nil pointer dereference";

    public static IEnumerable<TemplateFunction> All =>
    [
        new("query", [TemplateFunction.Text], static (run, a) => Query(run.Context, ((TextValue)a[0]!).Value)),
        new("first", [TemplateFunction.Samples], static (_, a) => a[0] is SamplesValue { Samples: [var first, ..] } ? first
            : throw new TemplateFunctionException("first() called on vector with no elements")),
        new("label", [TemplateFunction.Text, TemplateFunction.Sample], static (_, a) => Label(a[1], ((TextValue)a[0]!).Value)),
        new("value", [TemplateFunction.Sample], static (_, a) => Sample(a[0]).Value),
        new("strvalue", [TemplateFunction.Sample], static (_, a) => Label(a[0], "__value__")),
        new("sortByLabel", [TemplateFunction.Text, TemplateFunction.Samples], static (_, a) => Sorted(a[1], ((TextValue)a[0]!).Value)),
        new("args", [null], static (_, a) => new ArgumentsValue(
            a.Select(static (value, i) => (value, i)).ToDictionary(static p => $"arg{p.i}", static p => p.value))) { IsVariadic = true },
        new("tmpl", [TemplateFunction.Text, null], static (run, a) => Include(run, ((TextValue)a[0]!).Value, a[1])),
    ];

    /// <summary>What a sample of a vector is in a template.</summary>
    public static TemplateValue ValueOf(in VectorSample sample) =>
        sample.Histogram is { } histogram ? new HistogramValue(histogram) : new FloatValue(sample.Value);

    private static SamplesValue Query(TemplateContext context, string query) => context.Query(query, out var vector) is { } error
        ? throw new TemplateFunctionException(error)
        : new SamplesValue([.. vector.Select(static s => new SampleValue(s.Labels, ValueOf(s)))]);

    private static SampleValue Sample(TemplateValue? value) => value as SampleValue ?? throw new TemplateFunctionException(NoSample);

    private static TextValue Label(TemplateValue? sample, string name) => new(Sample(sample).Labels.Get(name));

    private static SamplesValue Sorted(TemplateValue? samples, string label) =>
        new([.. ((samples as SamplesValue)?.Samples ?? []).OrderBy(s => s.Labels.Get(label), Utf8Order.Instance)]);

    private static TextValue Include(TemplateRun run, string name, TemplateValue? dot) => run.IsDefined(name)
        ? new TextValue(run.IncludeAsText(name, dot), "template.HTML")
        : throw new TemplateFunctionException($"template: no template {GoQuote.Quote(name)} associated with the template");
}
