using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Tsdb.Chunks;

/// <summary>What all histograms of a chunk have in common, as it stands once at the front of the chunk.</summary>
internal sealed record HistogramLayout(
    int Schema, double ZeroThreshold, BucketSpan[] PositiveSpans, BucketSpan[] NegativeSpans, double[] CustomValues)
{
    // In front of the layout: sample count and flags.
    public const int HeaderLength = 3;

    // Thresholds that are powers of two take a byte: 0.5 * 2^e is told as e + 243.
    private const int ThresholdBias = 243;
    private const double LargestWholeBound = 33554430;

    public void Write(BitBuffer target)
    {
        WriteThreshold(target);
        target.WriteSigned(Schema);
        WriteSpans(target, PositiveSpans);
        WriteSpans(target, NegativeSpans);
        if (Schema == FloatHistogram.CustomBucketsSchema)
        {
            target.WriteUnsigned((ulong)CustomValues.Length);
            foreach (var bound in CustomValues)
            {
                WriteBound(target, bound);
            }
        }
    }

    /// <exception cref="InvalidDataException">The bits are no layout.</exception>
    public static HistogramLayout Read(ReadOnlySpan<byte> bytes, ref int position)
    {
        var told = (int)BitReader.Read(bytes, ref position, 8);
        var threshold = told switch
        {
            0 => 0,
            255 => BitConverter.UInt64BitsToDouble(BitReader.Read(bytes, ref position, 64)),
            _ => Math.ScaleB(0.5, told - ThresholdBias),
        };
        var schema = Varbits.ReadSigned(bytes, ref position);
        if (schema is not ((>= -4 and <= 8) or FloatHistogram.CustomBucketsSchema))
        {
            throw new InvalidDataException($"a histogram has the schema {schema}, which this program does not know");
        }

        var positive = ReadSpans(bytes, ref position);
        var negative = ReadSpans(bytes, ref position);
        double[] bounds = [];
        if (schema == FloatHistogram.CustomBucketsSchema)
        {
            bounds = new double[Limited(Varbits.ReadUnsigned(bytes, ref position), bytes)];
            for (var i = 0; i < bounds.Length; i++)
            {
                var bound = Varbits.ReadUnsigned(bytes, ref position);
                bounds[i] = bound == 0
                    ? BitConverter.UInt64BitsToDouble(BitReader.Read(bytes, ref position, 64))
                    : (bound - 1) / 1000.0;
            }
        }

        return new HistogramLayout((int)schema, threshold, positive, negative, bounds);
    }

    /// <summary>How many buckets the spans stand for.</summary>
    /// <exception cref="InvalidDataException">More than the chunk can have.</exception>
    public static int Count(BucketSpan[] spans, ReadOnlySpan<byte> bytes)
    {
        var count = 0UL;
        foreach (var span in spans)
        {
            count += span.Length;
        }

        return Limited(count, bytes);
    }

    // Each thing takes a bit at least.
    private static int Limited(ulong count, ReadOnlySpan<byte> bytes) =>
        count <= (ulong)bytes.Length * 8 ? (int)count : throw new InvalidDataException("a histogram tells more than the chunk can hold");

    private void WriteThreshold(BitBuffer target)
    {
        if (ZeroThreshold == 0)
        {
            target.Write(0, 8);
            return;
        }

        var bits = BitConverter.DoubleToInt64Bits(ZeroThreshold);
        // A normal power of two has no mantissa; ilogb is one less than the exponent of 0.5 * 2^e.
        if (ZeroThreshold is > 0 and <= 1024 && (bits & 0xfffffffffffff) == 0 && Math.ILogB(ZeroThreshold) is var exponent and >= -243)
        {
            target.Write((ulong)(exponent + 1 + ThresholdBias), 8);
            return;
        }

        target.Write(255, 8);
        target.Write(unchecked((ulong)bits), 64);
    }

    private static void WriteSpans(BitBuffer target, BucketSpan[] spans)
    {
        target.WriteUnsigned((ulong)spans.Length);
        foreach (var span in spans)
        {
            target.WriteUnsigned(span.Length);
            target.WriteSigned(span.Offset);
        }
    }

    private static BucketSpan[] ReadSpans(ReadOnlySpan<byte> bytes, ref int position)
    {
        var spans = new BucketSpan[Limited(Varbits.ReadUnsigned(bytes, ref position), bytes)];
        for (var i = 0; i < spans.Length; i++)
        {
            var length = Varbits.ReadUnsigned(bytes, ref position);
            spans[i] = new BucketSpan(unchecked((int)Varbits.ReadSigned(bytes, ref position)), (uint)Limited(length, bytes));
        }

        return spans;
    }

    private static void WriteBound(BitBuffer target, double bound)
    {
        var thousandfold = bound * 1000;
        if (thousandfold is >= 0 and <= LargestWholeBound && Math.Round(thousandfold) / 1000 == bound && !double.IsNegative(bound))
        {
            target.WriteUnsigned((ulong)Math.Round(thousandfold) + 1);
            return;
        }

        target.Write(0, 1);
        target.Write(BitConverter.DoubleToUInt64Bits(bound), 64);
    }
}
