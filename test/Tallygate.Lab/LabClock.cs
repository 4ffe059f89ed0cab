namespace Tallygate.Lab;

/// <summary>A clock that stands where it is put; timers made from it never fire.</summary>
internal sealed class LabClock : TimeProvider
{
    private long _ms;

    /// <summary>Unix milliseconds.</summary>
    public long Ms
    {
        get => Volatile.Read(ref _ms);
        set => Volatile.Write(ref _ms, value);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Ms);

    /// <inheritdoc/>
    public override long GetTimestamp() => Ms * TimeSpan.TicksPerMillisecond;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Still();

    private sealed class Still : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
