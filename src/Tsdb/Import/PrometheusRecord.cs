using System.Buffers.Binary;
using System.Text;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Import;

/// <summary>Reads the numbers and texts of Prometheus's records. What is cut off throws <see cref="InvalidDataException"/>.</summary>
internal ref struct PrometheusRecord(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly bool IsAtEnd => _at == _bytes.Length;

    public byte Byte() => Take(1)[0];

    public long Fixed() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public long Signed() => Varint.UnZigZag(Unsigned());

    public ulong Unsigned()
    {
        if (!Varint.TryReadUnsigned(_bytes[_at..], out var value, out var length))
        {
            throw new InvalidDataException("a number is cut off");
        }

        _at += length;
        return value;
    }

    public Labels Labels()
    {
        var labels = new Label[Count()];
        for (var i = 0; i < labels.Length; i++)
        {
            var name = Text();
            labels[i] = new Label(name, Text());
        }

        Model.Labels.Sort(labels);
        return Model.Labels.FromSorted(labels);
    }

    /// <summary>A value by its bits.</summary>
    public double Double() => BitConverter.Int64BitsToDouble(Fixed());

    /// <summary>A start timestamp, which is passed over.</summary>
    public void SkipStart()
    {
        if (Byte() > 1)
        {
            Unsigned();
        }
    }

    public FloatHistogram Histogram(bool isFloat)
    {
        var histogram = new FloatHistogram { CounterResetHint = (CounterResetHint)(Byte() & 3), Schema = (int)Signed(), ZeroThreshold = Double() };
        histogram.ZeroCount = isFloat ? Double() : Unsigned();
        histogram.Count = isFloat ? Double() : Unsigned();
        histogram.Sum = Double();
        histogram.PositiveSpans = Spans();
        histogram.NegativeSpans = Spans();
        histogram.PositiveBuckets = Buckets(isFloat);
        histogram.NegativeBuckets = Buckets(isFloat);
        if (histogram.UsesCustomBuckets)
        {
            histogram.CustomValues = Buckets(isFloat: true);
        }

        return histogram;
    }

    private BucketSpan[] Spans()
    {
        var spans = new BucketSpan[Count()];
        for (var i = 0; i < spans.Length; i++)
        {
            spans[i] = new BucketSpan((int)Signed(), (uint)Unsigned());
        }

        return spans;
    }

    // Whole buckets are told by their difference to the bucket before.
    private double[] Buckets(bool isFloat)
    {
        var buckets = new double[Count()];
        var whole = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            buckets[i] = isFloat ? Double() : whole += Signed();
        }

        return buckets;
    }

    public string Text() => Encoding.UTF8.GetString(Take(Count()));

    private int Count() => Unsigned() is var count && count <= (ulong)(_bytes.Length - _at)
        ? (int)count
        : throw new InvalidDataException("a count is larger than what follows");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _at)
        {
            throw new InvalidDataException("the end is missing");
        }

        var taken = _bytes.Slice(_at, length);
        _at += length;
        return taken;
    }
}
