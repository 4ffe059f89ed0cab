using System.Numerics;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// Running sums of one series without any loss, from which the sum of any window comes by one subtraction.
/// </summary>
/// <remarks>
/// All values are multiples of one power of two, the unit, and so are all their sums and all that a compensated sum finds lost. As long as
/// what is lost stays below 2^53 units, the compensation is exact, and the compensated sum is the exact sum, rounded once: any other exact
/// way gives the same bits. n values below 2^k add up to less than 2^e with e = k + log2 n; each addition loses at most 2^(e - 53), all
/// together n times that. <see cref="TryPrepare"/> demands log2 n + e - unit of at most 106.
/// Sums are kept in units as two integers, the upper one worth 2^44 of the lower; they may wrap, differences come out right.
/// </remarks>
internal sealed class ExactSums
{
    private const int LowerBits = 44;
    private const int MostBits = 106;
    private const int WidestLog = 18;
    private const int MostExponent = 400;

    private long[] _upper = [];
    private long[] _lower = [];
    private bool _isNarrow;
    private double _unit;
    private double _perUnit;
    private double _perUpper;

    /// <summary>Whether plain sums lose nothing, so that there is never anything to compensate.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>Whether the windows overlap so much that running sums pay.</summary>
    public static bool IsWorthwhile(in WindowSweep sweep) => sweep.Visits > 4L * sweep.Values.Length;

    /// <summary>Sums up a series; false where its values are not fit for it.</summary>
    /// <param name="widest">The number of values in the largest window that will be asked for.</param>
    public bool TryPrepare(ReadOnlySpan<double> values, int widest)
    {
        if (!TryMeasure(values, out var unit, out var largest))
        {
            return false;
        }

        var widestLog = BitOperations.Log2((uint)Math.Max(1, widest - 1)) + 1;
        var bits = largest + widestLog - unit;
        if (widestLog > WidestLog || widestLog + bits > MostBits)
        {
            return false;
        }

        IsPlain = bits <= 53;
        _isNarrow = bits <= 62;
        _unit = Math.ScaleB(1, unit);
        _perUnit = Math.ScaleB(1, -unit);
        _perUpper = Math.ScaleB(1, -unit - LowerBits);
        if (_lower.Length <= values.Length)
        {
            _lower = new long[Math.Max(values.Length + 1, 2 * _lower.Length)];
        }

        if (_isNarrow)
        {
            AddNarrow(values);
        }
        else
        {
            AddWide(values);
        }

        return true;
    }

    /// <summary>The sum of the values from <paramref name="from"/> up to, not including, <paramref name="to"/>, rounded once.</summary>
    public double Between(int from, int to)
    {
        unchecked
        {
            var lower = _lower[to] - _lower[from];
            return (_isNarrow ? lower : Round(_upper[to] - _upper[from], lower)) * _unit;
        }
    }

    /// <summary>The same sum less <paramref name="plain"/>, the sum as plain additions make it.</summary>
    public double Less(int from, int to, double plain)
    {
        unchecked
        {
            var lower = _lower[to] - _lower[from];
            if (_isNarrow)
            {
                return (lower - (long)(plain * _perUnit)) * _unit;
            }

            Split(plain, out var plainUpper, out var plainLower);
            var upper = _upper[to] - _upper[from] - plainUpper;
            return ((upper << LowerBits) + (lower - plainLower)) * _unit;
        }
    }

    /// <summary>Finds the unit and a bound, as powers of two; false where a value is not finite, or very large or small.</summary>
    private static bool TryMeasure(ReadOnlySpan<double> values, out int unit, out int largest)
    {
        // The union of the mantissas' bits by exponent would be exact; the lowest bit of each value is as good, and simpler.
        unit = int.MaxValue;
        largest = int.MinValue;
        foreach (var value in values)
        {
            var bits = BitConverter.DoubleToInt64Bits(value);
            var exponent = (int)((bits >> 52) & 0x7ff) - 1075;
            if (exponent == -1075)
            {
                if ((bits & long.MaxValue) == 0)
                {
                    continue;
                }

                return false;
            }

            var mantissa = (bits & 0xF_FFFF_FFFF_FFFF) | 0x10_0000_0000_0000;
            unit = Math.Min(unit, exponent + BitOperations.TrailingZeroCount(mantissa));
            largest = Math.Max(largest, exponent + 53);
        }

        if (unit == int.MaxValue)
        {
            (unit, largest) = (0, 1);
        }

        return unit >= -MostExponent && largest <= MostExponent;
    }

    private void AddNarrow(ReadOnlySpan<double> values)
    {
        unchecked
        {
            var sum = 0L;
            var lower = _lower;
            lower[0] = 0;
            for (var i = 0; i < values.Length; i++)
            {
                sum += (long)(values[i] * _perUnit);
                lower[i + 1] = sum;
            }
        }
    }

    private void AddWide(ReadOnlySpan<double> values)
    {
        unchecked
        {
            if (_upper.Length < _lower.Length)
            {
                _upper = new long[_lower.Length];
            }

            var (upperSum, lowerSum) = (0L, 0L);
            _upper[0] = 0;
            _lower[0] = 0;
            for (var i = 0; i < values.Length; i++)
            {
                Split(values[i], out var upper, out var lower);
                upperSum += upper;
                lowerSum += lower;
                _upper[i + 1] = upperSum;
                _lower[i + 1] = lowerSum;
            }
        }
    }

    /// <summary>Takes a value apart; the lower part is never negative.</summary>
    private void Split(double value, out long upper, out long lower)
    {
        var whole = Math.Floor(value * _perUpper);
        upper = (long)whole;

        // What the upper part leaves over has no more bits than the value: the subtraction is exact.
        lower = (long)((value * _perUnit) - (whole * (1L << LowerBits)));
    }

    /// <summary>The nearest double to upper times 2^44 and lower, the lower part below 2^62.</summary>
    private static double Round(long upper, long lower)
    {
        upper += lower >> LowerBits;
        lower &= (1L << LowerBits) - 1;
        if (Math.Abs(upper) < 1L << 53)
        {
            // Both parts are doubles: one addition rounds once.
            return (upper * (double)(1L << LowerBits)) + lower;
        }

        // The upper part alone has more bits than a double; of the lower one it matters only whether there is any.
        return ((upper << 1) | (lower == 0 ? 0L : 1L)) * (double)(1L << (LowerBits - 1));
    }
}
