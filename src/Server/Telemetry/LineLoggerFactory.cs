using Microsoft.Extensions.Logging;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Telemetry;

/// <summary>Loggers that write one line for each event, logfmt or JSON, in the form of the Pushgateway and Prometheus. Thread-safe.</summary>
public sealed class LineLoggerFactory : ILoggerFactory
{
    private readonly TextWriter _target;
    private readonly LogLevel _least;
    private readonly bool _json;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    /// <param name="target">Where the lines go; each is flushed.</param>
    public LineLoggerFactory(TextWriter target, LogSeverity least, bool json, TimeProvider time)
    {
        _target = target;
        _least = least switch
        {
            LogSeverity.Debug => LogLevel.Debug,
            LogSeverity.Info => LogLevel.Information,
            LogSeverity.Warn => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        _json = json;
        _time = time;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, LeastOf(categoryName));

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one target of log lines");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    internal void Write(LogLevel level, string message, IReadOnlyList<KeyValuePair<string, object?>>? values, Exception? problem)
    {
        var line = LogLine.Format(_json, _time.GetUtcNow(), level, message, values, problem);
        lock (_lock)
        {
            _target.WriteLine(line);
            _target.Flush();
        }
    }

    /// <summary>The platform's own chatter is for debugging; its errors are ours, but for the host's, which are thrown as well and said once.</summary>
    private LogLevel LeastOf(string category) =>
        _least == LogLevel.Debug || !category.StartsWith("Microsoft.", StringComparison.Ordinal) ? _least
            : category.StartsWith("Microsoft.Extensions.Hosting.", StringComparison.Ordinal) ? LogLevel.None
            : LogLevel.Error;
}
