using System.Buffers.Binary;
using System.Text;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Chunks;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Records;

/// <summary>
/// Reads what <see cref="RecordWriter"/> wrote. What cannot be read throws <see cref="InvalidDataException"/>: the checksum was right, so
/// it was written by something else. Strings that come again are given out once.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> source, Dictionary<string, string>? shared = null)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _at;

    public readonly int Position => _at;

    public readonly int Left => _source.Length - _at;

    public byte Byte() => Take(1)[0];

    /// <summary>Reads the version byte of a record that has had only versions from 1 to <paramref name="newest"/> so far.</summary>
    /// <exception cref="NewerVersionException">It is a later one.</exception>
    public byte Version(string what, byte newest)
    {
        var version = Byte();
        return version > newest ? throw new NewerVersionException(what, version, newest)
            : version == 0 ? throw Bad($"{what} has version 0, which there never was")
            : version;
    }

    public ulong Unsigned()
    {
        if (!Varint.TryReadUnsigned(_source[_at..], out var value, out var length))
        {
            throw Bad("a number is cut off");
        }

        _at += length;
        return value;
    }

    public long Signed() => Varint.UnZigZag(Unsigned());

    /// <summary>A number of things that follow, each of at least <paramref name="least"/> bytes.</summary>
    public int Count(int least)
    {
        var count = Unsigned();
        return count <= (ulong)(Left / least) ? (int)count : throw Bad("a count is larger than what follows");
    }

    public long Fixed() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>The lowest <paramref name="length"/> bytes (0 to 8) of a number, the least significant first.</summary>
    public ulong Little(int length)
    {
        if (Left < 8)
        {
            Span<byte> bytes = stackalloc byte[8];
            bytes.Clear();
            Take(length).CopyTo(bytes);
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        var word = BinaryPrimitives.ReadUInt64LittleEndian(_source[_at..]);
        _at += length;
        return length == 8 ? word : word & ((1UL << (8 * length)) - 1);
    }

    public ReadOnlySpan<byte> Bytes() => Take(Count(1));

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > Left)
        {
            throw Bad("the end is missing");
        }

        var taken = _source.Slice(_at, length);
        _at += length;
        return taken;
    }

    public string Text()
    {
        var text = Encoding.UTF8.GetString(Bytes());
        if (shared is null)
        {
            return text;
        }

        if (shared.TryGetValue(text, out var known))
        {
            return known;
        }

        shared.Add(text, text);
        return text;
    }

    public Labels Labels()
    {
        var labels = new Label[Count(2)];
        for (var i = 0; i < labels.Length; i++)
        {
            var name = Text();
            labels[i] = new Label(name, Text());
            if (i > 0 && Utf8Order.CompareOrdinal(labels[i - 1].Name, name) >= 0)
            {
                throw Bad("labels are not in order");
            }
        }

        return Model.Labels.FromSorted(labels);
    }

    public FloatHistogram Histogram() => new()
    {
        CounterResetHint = (CounterResetHint)Byte(),
        Schema = (int)Signed(),
        ZeroThreshold = Double(),
        ZeroCount = Double(),
        Count = Double(),
        Sum = Double(),
        PositiveSpans = Spans(),
        NegativeSpans = Spans(),
        PositiveBuckets = Doubles(),
        NegativeBuckets = Doubles(),
        CustomValues = Doubles(),
    };

    public readonly InvalidDataException Bad(string reason) => new($"{reason}, at byte {_at} of the record");

    private double Double() => BitConverter.Int64BitsToDouble(Fixed());

    private double[] Doubles()
    {
        var values = new double[Count(8)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Double();
        }

        return values;
    }

    private BucketSpan[] Spans()
    {
        var spans = new BucketSpan[Count(2)];
        for (var i = 0; i < spans.Length; i++)
        {
            spans[i] = new BucketSpan((int)Signed(), (uint)Unsigned());
        }

        return spans;
    }
}
