namespace Tallygate.Tsdb.Chunks;

/// <summary>Writes the samples of a histogram chunk with whole counts: differences of differences; the sum by XOR.</summary>
internal sealed class WholeHistogramWriter(BitBuffer bits, int[] positive, int[] negative)
{
    private readonly double[] _counts = new double[Math.Max(positive.Length, negative.Length)];
    private readonly Column[] _positive = new Column[positive.Length];
    private readonly Column[] _negative = new Column[negative.Length];
    private Column _time;
    private Column _count;
    private Column _zeroCount;

    public void Write(List<HistogramEncoder.Shape> run)
    {
        var sum = new XorColumn(BitConverter.DoubleToInt64Bits(run[0].Histogram.Sum));
        for (var i = 0; i < run.Count; i++)
        {
            var (shape, histogram) = (run[i], run[i].Histogram);
            if (i == 0)
            {
                bits.WriteSigned(_time.Begin(shape.Time));
                bits.WriteUnsigned((ulong)_count.Begin(shape.IsStale ? 0 : (long)histogram.Count));
                bits.WriteUnsigned((ulong)_zeroCount.Begin(shape.IsStale ? 0 : (long)histogram.ZeroCount));
                bits.Write(BitConverter.DoubleToUInt64Bits(histogram.Sum), 64);
            }
            else
            {
                // Behind a stale marker only more of them follow, so that what they leave behind is never used.
                bits.WriteSigned(_time.Next(shape.Time));
                bits.WriteSigned(shape.IsStale ? 0 : _count.Next((long)histogram.Count));
                bits.WriteSigned(shape.IsStale ? 0 : _zeroCount.Next((long)histogram.ZeroCount));
                bits.WriteXor(ref sum, BitConverter.DoubleToInt64Bits(histogram.Sum));
            }

            if (!shape.IsStale)
            {
                WriteBuckets(_positive, shape.Positive, histogram.PositiveBuckets, positive, i == 0);
                WriteBuckets(_negative, shape.Negative, histogram.NegativeBuckets, negative, i == 0);
            }
        }
    }

    private void WriteBuckets(Column[] columns, int[] indexes, double[] counts, int[] among, bool first)
    {
        BucketIndexes.Spread(indexes, counts, among, _counts.AsSpan(0, among.Length));
        var before = 0L;
        for (var i = 0; i < columns.Length; i++)
        {
            // A bucket is told by its difference to the bucket before.
            var count = (long)_counts[i];
            bits.WriteSigned(first ? columns[i].Begin(count - before) : columns[i].Next(count - before));
            before = count;
        }
    }

    /// <summary>A number of which the change of its change is written.</summary>
    private struct Column
    {
        private long _value;
        private long _delta;

        public long Begin(long value) => _value = value;

        public long Next(long value)
        {
            unchecked
            {
                var delta = value - _value;
                var change = delta - _delta;
                (_value, _delta) = (value, delta);
                return change;
            }
        }
    }
}
