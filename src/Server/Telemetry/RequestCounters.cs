using System.Collections.Concurrent;
using System.Globalization;
using Tallygate.Model;

namespace Tallygate.Server.Telemetry;

/// <summary>The Pushgateway's own counters of requests, and its summaries of pushes. Counting allocates nothing. Thread-safe.</summary>
internal sealed class RequestCounters
{
    private readonly ConcurrentDictionary<Key, Cell> _requests = new();
    private readonly ConcurrentDictionary<string, Pushes> _pushes = new();
    private readonly TimeProvider _time;
    private long _tooLarge;

    public RequestCounters(TimeProvider time) => _time = time;

    /// <summary>Counts an answered request.</summary>
    /// <param name="handler">The Pushgateway's word for what answered: <c>push</c>, <c>delete</c>, <c>healthy</c>, …</param>
    /// <param name="method">The method in lower case.</param>
    public void Count(int code, string handler, string method) =>
        Interlocked.Increment(ref _requests.GetOrAdd(new Key(code, handler, method), static _ => new Cell()).Value);

    /// <summary>Notes a push's size and duration.</summary>
    public void Push(string method, double bytes, TimeSpan duration)
    {
        var pushes = _pushes.GetOrAdd(method, static (_, time) => new Pushes(time), _time);
        pushes.Size.Observe(bytes);
        pushes.Duration.Observe(duration.TotalSeconds);
    }

    /// <summary>How many pushes were refused for their size.</summary>
    public long TooLarge => Interlocked.Read(ref _tooLarge);

    /// <summary>Counts a push that is refused for its size.</summary>
    public void CountTooLarge() => Interlocked.Increment(ref _tooLarge);

    public IEnumerable<MetricFamily> Collect()
    {
        if (!_requests.IsEmpty)
        {
            yield return new MetricFamily
            {
                Name = "pushgateway_http_requests_total",
                Help = "Total HTTP requests processed by the Pushgateway, excluding scrapes.",
                Type = MetricType.Counter,
                Metrics = [.. _requests.Select(r => new Metric
                {
                    Labels = Labels.Of("code", r.Key.Code.ToString(CultureInfo.InvariantCulture), "handler", r.Key.Handler, "method", r.Key.Method),
                    Payload = MetricPayload.Counter,
                    Value = Interlocked.Read(ref r.Value.Value),
                }).OrderBy(m => m.Labels)],
            };
        }

        if (!_pushes.IsEmpty)
        {
            yield return Summaries("pushgateway_http_push_duration_seconds", "HTTP request duration for pushes to the Pushgateway.", p => p.Duration);
            yield return Summaries("pushgateway_http_push_size_bytes", "HTTP request size for pushes to the Pushgateway.", p => p.Size);
        }
    }

    private MetricFamily Summaries(string name, string help, Func<Pushes, SlidingSummary> pick) => new()
    {
        Name = name,
        Help = help,
        Type = MetricType.Summary,
        Metrics = [.. _pushes.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new Metric
        {
            Labels = Labels.Of("method", p.Key),
            Payload = MetricPayload.Summary,
            Summary = pick(p.Value).Read(),
        })],
    };

    private readonly record struct Key(int Code, string Handler, string Method);

    private sealed class Cell
    {
        public long Value;
    }

    private sealed class Pushes(TimeProvider time)
    {
        public SlidingSummary Size { get; } = new(time);

        public SlidingSummary Duration { get; } = new(time);
    }
}
