using System.Buffers.Binary;
using System.Numerics;
using Tallygate.Model;
using Tallygate.Tsdb.Chunks;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Records;

/// <summary>
/// A commit in the write-ahead log: the series that it is the first to name, and its samples. One commit is one record, so that it is
/// replayed whole or not at all. See docs/formats/head.md.
/// </summary>
/// <remarks>
/// A sample whose counter's start is known comes behind the byte 14 and the start's distance. A float is told by its difference to the newest float its series had before the commit: a control byte (bit 7: not the series after the
/// one before at the same time; bits 4 to 6: zero bytes at the low end; bits 0 to 3: how many bytes follow, or 15 for a histogram),
/// where bit 7 is set the differences of series and time to the sample before, then the bytes. A checksum over all values at the end
/// guards the state that this relies on.
/// </remarks>
internal static class CommitRecord
{
    /// <summary>The type of the record in the log.</summary>
    public const byte Type = 1;

    /// <summary>The type of a <see cref="DeletionRecord"/>.</summary>
    public const byte DeletionType = 2;

    /// <summary>The type of a <see cref="SealRecord"/>.</summary>
    public const byte SealType = 3;

    private const byte Version = 1;
    private const byte Apart = 0x80;
    private const int HistogramFollows = 15;
    private const int StartFollows = 14;

    /// <summary>Begins a record that names <paramref name="definitions"/> series.</summary>
    public static void Begin(WalBatch target, int definitions)
    {
        target.BeginRecord(Type);
        RecordWriter.Byte(target, Version);
        RecordWriter.Unsigned(target, (ulong)definitions);
    }

    /// <summary>Begins the name of a series; its labels follow in their order.</summary>
    public static void BeginDefinition(WalBatch target, int id, int labels)
    {
        RecordWriter.Unsigned(target, (ulong)id);
        RecordWriter.Unsigned(target, (ulong)labels);
    }

    public static void WriteLabel(WalBatch target, in Label label)
    {
        RecordWriter.Text(target, label.Name);
        RecordWriter.Text(target, label.Value);
    }

    /// <summary>Reads the series; the reader stands before the samples then.</summary>
    public static void ReadDefinitions(ref RecordReader reader, List<(int Id, Labels Labels)> definitions)
    {
        reader.Version("a commit", Version);
        for (var count = reader.Count(2); count > 0; count--)
        {
            var id = reader.Unsigned();
            definitions.Add((id is > 0 and < int.MaxValue ? (int)id : throw reader.Bad("a series has an impossible id"), reader.Labels()));
        }
    }

    /// <summary>Reads the samples.</summary>
    /// <param name="lastBits">The newest float of a series before the commit; null where there is no such series.</param>
    public static void ReadSamples(ref RecordReader reader, Func<int, long?> lastBits, List<PendingSample> samples)
    {
        var (id, time) = (0, 0L);
        var check = 0U;
        for (var count = reader.Count(1); count > 0; count--)
        {
            var control = reader.Byte();
            long? sinceStart = null;
            if (control == StartFollows)
            {
                sinceStart = reader.Signed();
                control = reader.Byte();
            }

            id++;
            if ((control & Apart) != 0)
            {
                id = unchecked((int)(id + reader.Signed()));
                time = unchecked(time + reader.Signed());
            }

            var start = sinceStart is { } since ? unchecked(time - since) : 0;
            var known = lastBits(id) ?? throw reader.Bad($"series {id} has not been named");
            if ((control & 15) == HistogramFollows)
            {
                samples.Add(new PendingSample(id, time, 0, reader.Histogram(), start));
                continue;
            }

            var bits = known ^ (long)ReadDifference(ref reader, control);
            check = Fold(check, bits);
            samples.Add(new PendingSample(id, time, bits, null, start));
        }

        if (reader.Fixed32() != check)
        {
            throw reader.Bad("the values do not follow from the records before");
        }
    }

    /// <summary>
    /// Reads the samples of a commit that has only floats without starts, which nearly all are, as what they differ by from the newest float
    /// that their series had before the commit. Behind the ones that <paramref name="target"/> has; its count is left to the caller.
    /// </summary>
    /// <param name="check">What <see cref="Fold"/> over all values must come to.</param>
    /// <returns>How many there are, or -1 where the commit has others: <see cref="ReadSamples"/> reads them.</returns>
    public static int ReadDifferences(ref RecordReader reader, SampleColumns target, out uint check)
    {
        var count = reader.Count(1);
        target.Reserve(count);
        var series = target.Series.AsSpan(target.Count, count);
        var times = target.Times.AsSpan(target.Count, count);
        var bits = target.Bits.AsSpan(target.Count, count);
        var (id, time) = (0, 0L);
        check = 0;
        for (var i = 0; i < count; i++)
        {
            var control = reader.Byte();
            if ((control & 15) > 8)
            {
                return -1;
            }

            id++;
            if ((control & Apart) != 0)
            {
                id = unchecked((int)(id + reader.Signed()));
                time = unchecked(time + reader.Signed());
            }

            series[i] = id;
            times[i] = time;
            bits[i] = unchecked((long)(reader.Little(control & 15) << (((control >> 4) & 7) * 8)));
        }

        check = reader.Fixed32();
        return count;
    }

    /// <summary>Adds the bits of a value to the checksum over the values of a commit.</summary>
    public static uint Fold(uint check, long bits) => BitOperations.Crc32C(check, unchecked((ulong)bits));

    private static ulong ReadDifference(ref RecordReader reader, byte control)
    {
        var length = control & 15;
        var shift = ((control >> 4) & 7) * 8;
        return length > 8 ? throw reader.Bad("a value is too long") : reader.Little(length) << shift;
    }

    /// <summary>Writes the samples of one commit.</summary>
    public ref struct SampleWriter
    {
        private readonly WalBatch _target;
        private int _id;
        private long _time;
        private uint _check;

        public SampleWriter(WalBatch target, int count)
        {
            _target = target;
            RecordWriter.Unsigned(target, (ulong)count);
        }

        /// <param name="lastBits">The newest float that the series had before the commit.</param>
        public void Write(in PendingSample sample, long lastBits)
        {
            unchecked
            {
                if (sample.Start != 0)
                {
                    RecordWriter.Byte(_target, StartFollows);
                    RecordWriter.Signed(_target, sample.Time - sample.Start);
                }

                var span = _target.GetSpan(1 + (2 * Varint.MaxLength) + 8);
                var apart = sample.Series != _id + 1 || sample.Time != _time;
                var difference = (ulong)(sample.Bits ^ lastBits);
                var low = difference == 0 ? 0 : BitOperations.TrailingZeroCount(difference) >> 3;
                var length = sample.Histogram is not null ? HistogramFollows : 8 - (BitOperations.LeadingZeroCount(difference) >> 3) - low;
                length = difference == 0 && sample.Histogram is null ? 0 : length;
                low = sample.Histogram is null ? low : 0;
                span[0] = (byte)((apart ? Apart : 0) | (low << 4) | length);
                var at = 1;
                if (apart)
                {
                    at += Varint.WriteSigned(span[at..], sample.Series - (_id + 1L));
                    at += Varint.WriteSigned(span[at..], sample.Time - _time);
                }

                (_id, _time) = (sample.Series, sample.Time);
                if (sample.Histogram is not null)
                {
                    _target.Advance(at);
                    RecordWriter.Histogram(_target, sample.Histogram);
                    return;
                }

                BinaryPrimitives.WriteUInt64LittleEndian(span[at..], difference >> (low * 8));
                _target.Advance(at + length);
                _check = Fold(_check, sample.Bits);
            }
        }

        public readonly void End() => RecordWriter.Fixed(_target, _check);
    }
}
