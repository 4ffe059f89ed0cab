namespace Tallygate.Server.Http;

/// <summary>A budget of requests: it holds up to a burst, and one more comes in every interval. Thread-safe.</summary>
internal sealed class RequestRate
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _interval;
    private readonly int _burst;
    private readonly TimeProvider _time;
    private double _left;
    private long _countedAt;

    public RequestRate(TimeSpan interval, int burst, TimeProvider time)
    {
        _interval = interval;
        _burst = burst;
        _time = time;
        _left = burst;
        _countedAt = time.GetTimestamp();
    }

    /// <summary>Takes one request from the budget; false where it is used up.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            _left = Math.Min(_burst, _left + (_time.GetElapsedTime(_countedAt, now) / _interval));
            _countedAt = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
