using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Rules.Alerting;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Values;
using Tallygate.Storage;

namespace Tallygate.Tests.Rules.Alerting.Templates;

/// <summary>Two series of <c>metric</c>, and the alert X over the first, whose texts are expanded.</summary>
internal static class TemplateBench
{
    public const long Time = 60_000;

    private static readonly Engine Engine = new(new EngineOptions(), TimeProvider.System);
    private static readonly InMemoryStorage Storage = Filled();

    public static readonly TemplateContext Context = new(
        new AlertValue(
            Labels.Of("__name__", "metric", "instance", "a:9090", "job", "x.y"),
            Labels.Of("region", "eu"),
            "http://ex.org:9090/pre",
            new FloatValue(1234.5)),
        Time,
        Query);

    public static string Expand(string template)
    {
        var text = new TemplateText("X", template);
        Assert.Null(text.Problem);
        return text.Expand(Context, out _);
    }

    public static string? Problem(string template) => new TemplateText("X", template).Problem;

    /// <summary>The text of an expansion that fails; the place in it counts from the end of Prometheus's preamble of 112 bytes.</summary>
    public static string Failure(string how) =>
        $"<error expanding template: error executing template __alert_X: template: __alert_X:{how}>";

    private static string? Query(string query, out IReadOnlyList<VectorSample> vector)
    {
        var result = Engine.Instant(Storage, query, Time);
        vector = result.Value is Vector v ? v.Samples : [];
        return result.Error?.Message;
    }

    private static InMemoryStorage Filled()
    {
        var storage = new InMemoryStorage();
        using var appender = storage.Appender();
        foreach (var (instance, job, value) in (ReadOnlySpan<(string, string, double)>)[("a:9090", "x.y", 1234.5), ("b:9090", "x.z", 7)])
        {
            var series = default(SeriesRef);
            appender.Append(ref series, Labels.Of("__name__", "metric", "instance", instance, "job", job), Time, value);
        }

        appender.Commit();
        return storage;
    }
}
