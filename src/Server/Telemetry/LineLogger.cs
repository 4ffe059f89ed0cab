using Microsoft.Extensions.Logging;

namespace Tallygate.Server.Telemetry;

/// <summary>One category's logger.</summary>
internal sealed class LineLogger : ILogger
{
    private readonly LineLoggerFactory _factory;
    private readonly LogLevel _least;

    public LineLogger(LineLoggerFactory factory, LogLevel least)
    {
        _factory = factory;
        _least = least;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _factory.Write(logLevel, formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>>, exception);
        }
    }
}
