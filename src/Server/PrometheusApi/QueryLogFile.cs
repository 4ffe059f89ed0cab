using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PrometheusApi;

/// <summary>
/// The file of <c>global.query_log_file</c>: a line of JSON for each query that was evaluated, in the form of Prometheus 3. Each is handed to
/// the system at once. Thread-safe.
/// </summary>
internal sealed class QueryLogFile : QueryLog, IDisposable
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new();
    private FileStream? _file;
    private long _failures;
    private bool _fails;

    public QueryLogFile(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override bool IsOn => Volatile.Read(ref _file) is not null;

    /// <summary>Goes on in the file at a path, which is opened anew even where it is the same: it may have been moved away. Empty: logs nothing.</summary>
    /// <returns>Null; or why the file cannot be written, and then everything stays as it was.</returns>
    public string? Reopen(string path)
    {
        FileStream? next = null;
        try
        {
            next = path.Length == 0 ? null : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return problem.Message;
        }

        lock (_lock)
        {
            _file?.Dispose();
            Volatile.Write(ref _file, next);
            _fails = false;
        }

        return null;
    }

    /// <inheritdoc/>
    public override void Write(LoggedQuery query)
    {
        lock (_lock)
        {
            if (_file is null)
            {
                return;
            }

            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line, Plain))
            {
                Write(json, query, _time.GetUtcNow());
            }

            _line.Write("\n"u8);
            try
            {
                _file.Write(_line.WrittenSpan);
                _fails = false;
            }
            catch (IOException problem)
            {
                // The query is answered all the same. The first of several failures is told.
                _failures++;
                if (!_fails)
                {
                    Log.QueryNotLogged(_logger, _file.Name, problem);
                }

                _fails = true;
            }
        }
    }

    /// <summary>Whether it is on, and how often it could not be written, in Prometheus's names.</summary>
    public IEnumerable<MetricFamily> Collect() =>
    [
        Families.Gauge("prometheus_engine_query_log_enabled", "State of the query log.", IsOn ? 1 : 0),
        Families.Counter("prometheus_engine_query_log_failures_total", "The number of query log failures.", Volatile.Read(ref _failures)),
    ];

    /// <inheritdoc/>
    public void Dispose() => Reopen("");

    private static void Write(Utf8JsonWriter json, LoggedQuery query, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("time"u8, Date(now));
        json.WriteString("level"u8, "INFO"u8);
        json.WriteString("msg"u8, "promql query logged"u8);
        json.WriteStartObject("params"u8);
        json.WriteString("end"u8, Date(query.End));
        json.WriteString("query"u8, query.Text);
        json.WriteString("start"u8, Date(query.Start));
        json.WriteNumber("step"u8, query.Step / 1000);
        json.WriteEndObject();
        if (query.Error is { } error)
        {
            json.WriteString("error"u8, error.Message);
        }

        json.WritePropertyName("stats"u8);
        var statistics = query.Statistics;
        StatisticsJson.Write(json, statistics, query.Queued, query.Queued + statistics.Preparation + statistics.Evaluation);
        Write(json, query.Origin);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, QueryOrigin? origin)
    {
        switch (origin)
        {
            case HttpQueryOrigin http:
                json.WriteStartObject("httpRequest"u8);
                json.WriteString("clientIP"u8, http.ClientIp);
                json.WriteString("method"u8, http.Method);
                json.WriteString("path"u8, http.Path);
                json.WriteEndObject();
                break;
            case RuleQueryOrigin rule:
                json.WriteStartObject("ruleGroup"u8);
                json.WriteString("file"u8, rule.File);
                json.WriteString("name"u8, rule.Group);
                json.WriteEndObject();
                break;
        }
    }

    // A query may ask for any time; those that no calendar has are told in milliseconds.
    private static string Date(long time) => time >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && time <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? Date(DateTimeOffset.FromUnixTimeMilliseconds(time))
        : time.ToString(CultureInfo.InvariantCulture);

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
