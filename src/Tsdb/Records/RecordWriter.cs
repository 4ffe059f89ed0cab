using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Records;

/// <summary>The pieces of which records consist, written to a buffer.</summary>
internal static class RecordWriter
{
    public static void Byte(IBufferWriter<byte> target, byte value)
    {
        target.GetSpan(1)[0] = value;
        target.Advance(1);
    }

    public static void Unsigned(IBufferWriter<byte> target, ulong value) =>
        target.Advance(Varint.WriteUnsigned(target.GetSpan(Varint.MaxLength), value));

    public static void Signed(IBufferWriter<byte> target, long value) =>
        target.Advance(Varint.WriteSigned(target.GetSpan(Varint.MaxLength), value));

    public static void Fixed(IBufferWriter<byte> target, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan(8), value);
        target.Advance(8);
    }

    public static void Fixed(IBufferWriter<byte> target, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target.GetSpan(4), value);
        target.Advance(4);
    }

    public static void Bytes(IBufferWriter<byte> target, ReadOnlySpan<byte> bytes)
    {
        Unsigned(target, (ulong)bytes.Length);
        target.Write(bytes);
    }

    public static void Text(IBufferWriter<byte> target, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Unsigned(target, (ulong)length);
        Encoding.UTF8.GetBytes(text, target.GetSpan(length));
        target.Advance(length);
    }

    public static void Labels(IBufferWriter<byte> target, Labels labels)
    {
        Unsigned(target, (ulong)labels.Count);
        foreach (ref readonly var label in labels.AsSpan())
        {
            Text(target, label.Name);
            Text(target, label.Value);
        }
    }

    public static void Histogram(IBufferWriter<byte> target, FloatHistogram histogram)
    {
        Byte(target, (byte)histogram.CounterResetHint);
        Signed(target, histogram.Schema);
        Double(target, histogram.ZeroThreshold);
        Double(target, histogram.ZeroCount);
        Double(target, histogram.Count);
        Double(target, histogram.Sum);
        Spans(target, histogram.PositiveSpans);
        Spans(target, histogram.NegativeSpans);
        Doubles(target, histogram.PositiveBuckets);
        Doubles(target, histogram.NegativeBuckets);
        Doubles(target, histogram.CustomValues);
    }

    private static void Double(IBufferWriter<byte> target, double value) => Fixed(target, BitConverter.DoubleToInt64Bits(value));

    private static void Doubles(IBufferWriter<byte> target, double[] values)
    {
        Unsigned(target, (ulong)values.Length);
        foreach (var value in values)
        {
            Double(target, value);
        }
    }

    private static void Spans(IBufferWriter<byte> target, BucketSpan[] spans)
    {
        Unsigned(target, (ulong)spans.Length);
        foreach (var span in spans)
        {
            Signed(target, span.Offset);
            Unsigned(target, span.Length);
        }
    }
}
