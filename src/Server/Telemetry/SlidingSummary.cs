using Tallygate.Model;

namespace Tallygate.Server.Telemetry;

/// <summary>
/// Count, sum and quantiles of the last ten minutes, as the Pushgateway's own summaries have them. Observing allocates nothing and takes
/// no lock; quantiles are right to about 3 %. Thread-safe.
/// </summary>
internal sealed class SlidingSummary
{
    private const int Ages = 5;
    private const int MantissaBits = 5;
    private const int LeastExponent = -40;
    private const int MostExponent = 40;
    private const int Buckets = (MostExponent - LeastExponent) << MantissaBits;

    private static readonly double[] Ranks = [0.1, 0.5, 0.9];
    private static readonly long AgeTicks = TimeSpan.FromMinutes(2).Ticks;

    private readonly int[][] _counts = new int[Ages][];
    private readonly long[] _epochs = new long[Ages];
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _count;
    private double _sum;

    public SlidingSummary(TimeProvider time)
    {
        _time = time;
        for (var i = 0; i < Ages; i++)
        {
            _counts[i] = new int[Buckets];
            _epochs[i] = -1;
        }
    }

    public void Observe(double value)
    {
        var epoch = Epoch();
        var age = (int)(epoch % Ages);
        if (Volatile.Read(ref _epochs[age]) != epoch)
        {
            lock (_lock)
            {
                if (_epochs[age] != epoch)
                {
                    Array.Clear(_counts[age]);
                    Volatile.Write(ref _epochs[age], epoch);
                }
            }
        }

        Interlocked.Increment(ref _counts[age][BucketOf(value)]);
        Interlocked.Increment(ref _count);
        double sum;
        do
        {
            sum = Volatile.Read(ref _sum);
        }
        while (BitConverter.DoubleToInt64Bits(Interlocked.CompareExchange(ref _sum, sum + value, sum)) != BitConverter.DoubleToInt64Bits(sum));
    }

    public Summary Read()
    {
        var epoch = Epoch();
        var merged = new long[Buckets];
        long total = 0;
        for (var age = 0; age < Ages; age++)
        {
            if (epoch - Volatile.Read(ref _epochs[age]) < Ages && _epochs[age] >= 0)
            {
                for (var i = 0; i < Buckets; i++)
                {
                    merged[i] += _counts[age][i];
                    total += _counts[age][i];
                }
            }
        }

        return new Summary
        {
            SampleCount = (ulong)Interlocked.Read(ref _count),
            SampleSum = Volatile.Read(ref _sum),
            Quantiles = [.. Ranks.Select(rank => new Quantile(rank, ValueAt(merged, total, rank)))],
        };
    }

    private static double ValueAt(long[] counts, long total, double rank)
    {
        if (total == 0)
        {
            return double.NaN;
        }

        var wanted = (long)Math.Ceiling(total * rank);
        for (var i = 0; i < Buckets; i++)
        {
            wanted -= counts[i];
            if (wanted <= 0)
            {
                return ValueOf(i);
            }
        }

        return double.NaN;
    }

    private static int BucketOf(double value)
    {
        if (!(value > 0))
        {
            return 0;
        }

        var bits = BitConverter.DoubleToInt64Bits(value) >> (52 - MantissaBits);
        var bucket = bits - ((long)(1023 + LeastExponent) << MantissaBits);
        return (int)Math.Clamp(bucket, 0, Buckets - 1);
    }

    private static double ValueOf(int bucket)
    {
        // The middle of the bucket.
        var bits = ((long)bucket << 1) + 1 + ((long)(1023 + LeastExponent) << (MantissaBits + 1));
        return BitConverter.Int64BitsToDouble(bits << (52 - MantissaBits - 1));
    }

    private long Epoch() => _time.GetUtcNow().Ticks / AgeTicks;
}
