using System.Runtime.CompilerServices;

namespace Tallygate.Model;

/// <summary>Neumaier's compensated sum, in the very steps of Prometheus, so that sums agree to the last bit.</summary>
public struct KahanSum
{
    /// <summary>The running sum.</summary>
    public double Sum { get; private set; }

    /// <summary>What the sum has lost.</summary>
    public double Compensation { get; private set; }

    /// <summary>Begins with a sum and what it has lost so far.</summary>
    public KahanSum(double sum, double compensation = 0)
    {
        Sum = sum;
        Compensation = compensation;
    }

    /// <summary>The sum with what it has lost; an overflown sum stays as it is.</summary>
    public readonly double Total => double.IsInfinity(Sum) ? Sum : Sum + Compensation;

    /// <summary>Adds a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        var sum = Sum + value;
        if (double.IsInfinity(sum))
        {
            Compensation = 0;
        }
        else if (Math.Abs(Sum) >= Math.Abs(value))
        {
            Compensation += Sum - sum + value;
        }
        else
        {
            Compensation += value - sum + Sum;
        }

        Sum = sum;
    }
}
