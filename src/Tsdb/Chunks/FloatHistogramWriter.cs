namespace Tallygate.Tsdb.Chunks;

/// <summary>Writes the samples of a float histogram chunk: every number by XOR against its own value before.</summary>
internal sealed class FloatHistogramWriter(BitBuffer bits, int[] positive, int[] negative)
{
    private readonly double[] _counts = new double[Math.Max(positive.Length, negative.Length)];
    private readonly XorColumn[] _positive = new XorColumn[positive.Length];
    private readonly XorColumn[] _negative = new XorColumn[negative.Length];

    public void Write(List<HistogramEncoder.Shape> run)
    {
        var (time, delta) = (0L, 0L);
        XorColumn count = default, zeroCount = default, sum = default;
        for (var i = 0; i < run.Count; i++)
        {
            var (shape, histogram) = (run[i], run[i].Histogram);
            unchecked
            {
                bits.WriteSigned(i == 0 ? shape.Time : shape.Time - time - delta);
                delta = i == 0 ? 0 : shape.Time - time;
                time = shape.Time;
            }

            WriteNumber(ref count, shape.IsStale ? 0 : histogram.Count, i == 0);
            WriteNumber(ref zeroCount, shape.IsStale ? 0 : histogram.ZeroCount, i == 0);
            WriteNumber(ref sum, histogram.Sum, i == 0);
            if (!shape.IsStale)
            {
                WriteBuckets(_positive, shape.Positive, histogram.PositiveBuckets, positive, i == 0);
                WriteBuckets(_negative, shape.Negative, histogram.NegativeBuckets, negative, i == 0);
            }
        }
    }

    private void WriteBuckets(XorColumn[] columns, int[] indexes, double[] counts, int[] among, bool first)
    {
        BucketIndexes.Spread(indexes, counts, among, _counts.AsSpan(0, among.Length));
        for (var i = 0; i < columns.Length; i++)
        {
            WriteNumber(ref columns[i], _counts[i], first);
        }
    }

    private void WriteNumber(ref XorColumn column, double value, bool first)
    {
        var told = BitConverter.DoubleToInt64Bits(value);
        if (first)
        {
            column = new XorColumn(told);
            bits.Write(unchecked((ulong)told), 64);
        }
        else
        {
            bits.WriteXor(ref column, told);
        }
    }
}
