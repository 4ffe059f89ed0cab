using System.Globalization;
using System.Runtime;
using Microsoft.AspNetCore.Http;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>status/…</c>: what runs here. Thread-safe.</summary>
internal sealed class StatusEndpoints
{
    private readonly ServerOptions _options;
    private readonly ConfigHolder _config;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;

    public StatusEndpoints(ServerOptions options, ConfigHolder config, TimeProvider time, DateTimeOffset started)
    {
        _options = options;
        _config = config;
        _time = time;
        _started = started;
    }

    /// <summary><c>/api/v1/status/buildinfo</c>. Grafana reads the version to know what it may ask, and a member <c>features</c> as a sign of Mimir.</summary>
    public static Task<ApiAnswer> BuildInfoAsync(HttpContext context, ApiParameters parameters, RequestPath path) => Task.FromResult(ApiAnswer.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("version"u8, BuildInfo.PrometheusVersion);
        json.WriteString("revision"u8, BuildInfo.Revision);
        json.WriteString("branch"u8, "tallygate-" + BuildInfo.Version);
        json.WriteString("buildUser"u8, "");
        json.WriteString("buildDate"u8, "");
        json.WriteString("goVersion"u8, BuildInfo.Runtime);
        json.WriteEndObject();
    }));

    /// <summary><c>/api/v1/status/runtimeinfo</c></summary>
    public Task<ApiAnswer> RuntimeInfoAsync(HttpContext context, ApiParameters parameters, RequestPath path) => Task.FromResult(ApiAnswer.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("startTime"u8, Rfc3339.From(_started));
        json.WriteString("CWD"u8, Environment.CurrentDirectory);
        json.WriteString("hostname"u8, Environment.MachineName);
        json.WriteString("serverTime"u8, Rfc3339.From(_time.GetUtcNow()));
        json.WriteBoolean("reloadConfigSuccess"u8, _config.LastReloadSucceeded);
        json.WriteString("lastConfigTime"u8, Rfc3339.From(_config.LoadedAt));
        json.WriteNumber("corruptionCount"u8, 0);
        json.WriteNumber("goroutineCount"u8, ThreadPool.ThreadCount);
        json.WriteNumber("GOMAXPROCS"u8, Environment.ProcessorCount);
        json.WriteNumber("GOMEMLIMIT"u8, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        json.WriteString("GOGC"u8, GCSettings.IsServerGC ? "server" : "workstation");
        json.WriteString("GODEBUG"u8, "");
        json.WriteString("storageRetention"u8, DurationText.Format(_options.RetentionTime));
        json.WriteEndObject();
    }));

    /// <summary><c>/api/v1/status/flags</c></summary>
    public Task<ApiAnswer> FlagsAsync(HttpContext context, ApiParameters parameters, RequestPath path) => Task.FromResult(ApiAnswer.Of(json =>
    {
        json.WriteStartObject();
        foreach (var (name, value) in FlagTable.Describe(_options))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }));

    /// <summary><c>/api/v1/status/config</c>, secrets hidden.</summary>
    public Task<ApiAnswer> ConfigAsync(HttpContext context, ApiParameters parameters, RequestPath path) => Task.FromResult(ApiAnswer.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("yaml"u8, _config.Current.Yaml);
        json.WriteEndObject();
    }));
}
