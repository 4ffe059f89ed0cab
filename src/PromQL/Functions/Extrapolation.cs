namespace Tallygate.PromQL.Functions;

/// <summary>By how much the difference between the samples of a window is to be stretched so that it stands for the whole window.</summary>
internal static class Extrapolation
{
    /// <summary>Samples may be this many times their average distance away from a bound and still reach it.</summary>
    private const double Reach = 1.1;

    /// <summary>
    /// A bound is reached where the sample next to it is not further off than 1.1 times the average distance; otherwise the series is taken
    /// to begin or end half that distance off. A counter is not carried on below zero.
    /// </summary>
    public static double Factor(
        long firstTime, long lastTime, int gaps, long start, long end, bool isCounter, double firstValue, double difference)
    {
        var toStart = (firstTime - start) / 1000.0;
        var sampled = (lastTime - firstTime) / 1000.0;
        var average = sampled / gaps;
        if (toStart >= average * Reach)
        {
            toStart = average / 2;
        }

        if (isCounter && difference > 0 && firstValue >= 0)
        {
            var toZero = sampled * (firstValue / difference);
            if (toZero < toStart)
            {
                toStart = toZero;
            }
        }

        return Stretch(sampled, toStart, ToEnd(lastTime, end, average));
    }

    /// <summary>The same for a counter that is known to have been zero at <paramref name="zeroTime"/>, within the window.</summary>
    public static double FactorFromZero(long zeroTime, long firstTime, long lastTime, int gaps, long end)
    {
        var average = gaps == 0 ? 0 : (lastTime - firstTime) / 1000.0 / gaps;
        return Stretch((lastTime - zeroTime) / 1000.0, 0, ToEnd(lastTime, end, average));
    }

    private static double ToEnd(long lastTime, long end, double average)
    {
        var toEnd = (end - lastTime) / 1000.0;
        return toEnd >= average * Reach ? average / 2 : toEnd;
    }

    private static double Stretch(double sampled, double toStart, double toEnd) => sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
}
