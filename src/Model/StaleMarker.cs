namespace Tallygate.Model;

/// <summary>
/// The value that ends a series: a signalling NaN with the bits 0x7ff0000000000002. It is carried and compared by bits only;
/// arithmetic would make an ordinary NaN of it.
/// </summary>
public static class StaleMarker
{
    /// <summary>The bits of the stale marker.</summary>
    public const long Bits = 0x7ff0000000000002;

    /// <summary>The bits of the ordinary NaN that Prometheus writes.</summary>
    public const long NormalNaNBits = 0x7ff8000000000001;

    /// <summary>The stale marker as a double.</summary>
    public static double Value => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>The ordinary NaN as a double.</summary>
    public static double NormalNaN => BitConverter.Int64BitsToDouble(NormalNaNBits);

    /// <summary>Whether <paramref name="value"/> is the stale marker, by its bits.</summary>
    public static bool Is(double value) => BitConverter.DoubleToInt64Bits(value) == Bits;
}
