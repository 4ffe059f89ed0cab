using Tallygate.Model;

namespace Tallygate.PromQL.Values;

/// <summary>Equality of floats up to a relative error.</summary>
internal static class AlmostEqual
{
    /// <summary>The smallest normal double.</summary>
    private const double Smallest = 2.2250738585072014e-308;

    /// <summary>Stale markers equal stale markers only, and other NaNs each other.</summary>
    public static bool Test(double a, double b, double tolerance)
    {
        if (StaleMarker.Is(a) || StaleMarker.Is(b))
        {
            return StaleMarker.Is(a) && StaleMarker.Is(b);
        }

        if (a == b || (double.IsNaN(a) && double.IsNaN(b)))
        {
            return true;
        }

        var sum = Math.Abs(a) + Math.Abs(b);
        var difference = Math.Abs(a - b);
        return a == 0 || b == 0 || sum < Smallest
            ? difference < tolerance * Smallest
            : difference / Math.Min(sum, double.MaxValue) < tolerance;
    }
}
