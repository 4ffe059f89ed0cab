namespace Tallygate.Cli.Demo;

/// <summary>A clock that the demo sets while it plays its day, and that is the wall clock from <see cref="HandOver"/> on. Thread-safe.</summary>
internal sealed class DemoClock(long startMs) : TimeProvider
{
    private long _simulatedMs = startMs;
    private volatile bool _handedOver;

    /// <summary>Sets the simulated time, Unix milliseconds; it never goes back.</summary>
    public void Set(long nowMs) => Interlocked.Exchange(ref _simulatedMs, Math.Max(nowMs, Interlocked.Read(ref _simulatedMs)));

    /// <summary>From now on the wall clock counts.</summary>
    public void HandOver() => _handedOver = true;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() =>
        _handedOver ? System.GetUtcNow() : DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref _simulatedMs));
}
