namespace Tallygate.Model;

/// <summary>
/// A sum without rounding: whatever the order of the additions, <see cref="Value"/> is the exact sum rounded once, to the nearest double,
/// ties to even. For finite numbers; a sum beyond the largest double is infinite from then on. Not thread-safe.
/// </summary>
/// <remarks>
/// The sum is kept as doubles that do not overlap, each smaller than the last bit of the next (Shewchuk, "Adaptive precision floating-point
/// arithmetic", 1997). Sums of like numbers have one to three of them.
/// </remarks>
public sealed class ExactSum
{
    // From small to large; only the first _count are used.
    private double[] _parts = new double[2];
    private int _count;
    private double _beyond;

    /// <summary>Adds a number.</summary>
    /// <exception cref="ArgumentException">It is not finite.</exception>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException("only finite numbers have an exact sum", nameof(value));
        }

        if (_beyond != 0)
        {
            return;
        }

        var kept = 0;
        var sum = value;
        for (var i = 0; i < _count; i++)
        {
            var part = _parts[i];
            if (Math.Abs(sum) < Math.Abs(part))
            {
                (sum, part) = (part, sum);
            }

            var high = sum + part;
            if (double.IsInfinity(high))
            {
                _beyond = high;
                return;
            }

            var low = part - (high - sum);
            if (low != 0)
            {
                _parts[kept++] = low;
            }

            sum = high;
        }

        if (kept == _parts.Length)
        {
            Array.Resize(ref _parts, kept * 2);
        }

        _parts[kept++] = sum;
        _count = kept;
    }

    /// <summary>Adds a whole number, exactly, also where no double equals it.</summary>
    public void Add(ulong value)
    {
        Add((value >> 32) * 4294967296.0);
        Add((double)(uint)value);
    }

    /// <summary>The sum, rounded once.</summary>
    public double Value
    {
        get
        {
            if (_beyond != 0 || _count == 0)
            {
                return _beyond;
            }

            var at = _count - 1;
            var high = _parts[at];
            var low = 0.0;
            while (at > 0)
            {
                var whole = high;
                var part = _parts[--at];
                high = whole + part;
                low = part - (high - whole);
                if (low != 0)
                {
                    break;
                }
            }

            // Half of the last bit is left over: what lies below decides, and not the evenness.
            if (at > 0 && ((low < 0 && _parts[at - 1] < 0) || (low > 0 && _parts[at - 1] > 0)))
            {
                var twice = low * 2;
                var up = high + twice;
                if (twice == up - high)
                {
                    high = up;
                }
            }

            return high;
        }
    }
}
