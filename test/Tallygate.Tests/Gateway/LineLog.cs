using Microsoft.Extensions.Logging;

namespace Tallygate.Tests.Gateway;

/// <summary>Keeps what is logged, a line each: level, number, values, text, and what an exception says.</summary>
internal sealed class LineLog : ILogger
{
    public List<string> Lines { get; } = [];

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? pairs.Where(p => p.Key != "{OriginalFormat}").Select(p => $"{p.Key}={p.Value}") : [];
        lock (Lines)
        {
            Lines.Add($"{logLevel} {eventId.Id} {string.Join(' ', values)} {formatter(state, exception)}{(exception is null ? "" : $": {exception.Message}")}");
        }
    }
}
