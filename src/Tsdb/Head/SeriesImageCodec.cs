using System.Buffers;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Memory;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>One series in a head snapshot. See docs/formats/head.md.</summary>
internal static class SeriesImageCodec
{
    private const byte NoChunk = 0;
    private const byte Floats = 1;
    private const byte Histograms = 2;
    private const byte WholeHistogramChunk = 3;
    private const byte FloatHistogramChunk = 4;

    /// <param name="numbers">Gives labels their numbers.</param>
    public static void Write(IBufferWriter<byte> target, in SeriesImage image, LabelNumbers numbers)
    {
        RecordWriter.Unsigned(target, (ulong)image.Id);
        var labels = image.Series!.Value.Labels;
        RecordWriter.Unsigned(target, (ulong)labels.Count);
        foreach (ref readonly var label in labels.AsSpan())
        {
            RecordWriter.Unsigned(target, (ulong)numbers.Of(label));
        }

        RecordWriter.Signed(target, image.LastTime);
        RecordWriter.Fixed(target, image.LastBits);
        RecordWriter.Unsigned(target, (ulong)image.Closed.Length);
        foreach (ref readonly var chunk in image.Closed.Span)
        {
            RecordWriter.Byte(target, chunk.Data switch
            {
                EncodedHistograms { Encoding: ChunkEncoding.Histogram } => WholeHistogramChunk,
                EncodedHistograms => FloatHistogramChunk,
                HistogramRun => Histograms,
                _ => Floats,
            });
            RecordWriter.Signed(target, chunk.MinTime);
            RecordWriter.Signed(target, chunk.MaxTime);
            if (chunk.Data is HistogramRun run)
            {
                WriteRun(target, run, chunk.Count);
            }
            else if (chunk.Data is EncodedHistograms encoded)
            {
                RecordWriter.Unsigned(target, chunk.Count);
                RecordWriter.Bytes(target, encoded.Data);
            }
            else
            {
                RecordWriter.Unsigned(target, chunk.Count);
                RecordWriter.Bytes(target, ((byte[])chunk.Data).AsSpan(chunk.Offset, chunk.Length));
            }
        }

        WriteOpen(target, image);
        RecordWriter.Unsigned(target, (ulong)image.Late.Length);
        foreach (ref readonly var late in image.Late.Span)
        {
            RecordWriter.Byte(target, late.Histogram is null ? Floats : Histograms);
            RecordWriter.Signed(target, late.Time);
            if (late.Histogram is null)
            {
                RecordWriter.Fixed(target, late.Bits);
            }
            else
            {
                RecordWriter.Histogram(target, late.Histogram);
            }
        }

        RecordWriter.Unsigned(target, (ulong)image.Deleted.Length);
        foreach (var deleted in image.Deleted)
        {
            RecordWriter.Signed(target, deleted.MinTime);
            RecordWriter.Signed(target, deleted.MaxTime);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are no series.</exception>
    /// <param name="labels">Takes the series' labels as those at hand.</param>
    public static SeriesImage Read(ref RecordReader reader, Slab slab, int version, RestoredLabels labels)
    {
        var id = reader.Unsigned();
        if (version < 3)
        {
            labels.ReadTexts(ref reader);
        }
        else
        {
            labels.ReadSeries(ref reader);
        }

        var lastTime = reader.Signed();
        var lastBits = reader.Fixed();
        var closed = new HeadChunk[reader.Count(4)];
        for (var i = 0; i < closed.Length; i++)
        {
            closed[i] = ReadClosed(ref reader, slab);
        }

        var kind = reader.Byte();
        var (openMinTime, cutAt) = kind == NoChunk ? (0, 0) : (reader.Signed(), reader.Signed());
        var (open, xor) = kind == Floats ? ReadOpen(ref reader) : default;
        var run = kind == Histograms ? ReadRun(ref reader) : null;
        var late = new LateSample[reader.Count(2)];
        for (var i = 0; i < late.Length; i++)
        {
            var isFloat = reader.Byte() == Floats;
            var time = reader.Signed();
            late[i] = isFloat ? new LateSample(time, reader.Fixed(), null, 0) : new LateSample(time, 0, reader.Histogram(), 0);
        }

        // The first version had no deletions.
        var deleted = version == 1 ? [] : new Interval[reader.Count(2)];
        for (var i = 0; i < deleted.Length; i++)
        {
            deleted[i] = new Interval(reader.Signed(), reader.Signed());
        }

        return new SeriesImage
        {
            Id = id is > 0 and < int.MaxValue ? (int)id : throw reader.Bad("a series has an impossible id"),
            Series = null,
            Closed = closed,
            Open = open,
            Xor = xor,
            OpenRun = run,
            OpenRunCount = run?.Count ?? 0,
            OpenMinTime = openMinTime,
            CutAt = cutAt,
            LastTime = lastTime,
            LastBits = lastBits,
            Late = late,
            Deleted = deleted,
            HasSamples = true,
            HasInOrder = closed.Length > 0 || kind != NoChunk,
        };
    }

    private static void WriteOpen(IBufferWriter<byte> target, in SeriesImage image)
    {
        RecordWriter.Byte(target, image.Open is not null ? Floats : image.OpenRun is not null ? Histograms : NoChunk);
        if (image.Open is null && image.OpenRun is null)
        {
            return;
        }

        RecordWriter.Signed(target, image.OpenMinTime);
        RecordWriter.Signed(target, image.CutAt);
        if (image.Open is null)
        {
            WriteRun(target, image.OpenRun!, image.OpenRunCount);
            return;
        }

        RecordWriter.Unsigned(target, image.Xor.Count);
        RecordWriter.Unsigned(target, image.Xor.Delta);
        RecordWriter.Unsigned(target, (ulong)image.Xor.Position);
        RecordWriter.Byte(target, image.Xor.Lead);
        RecordWriter.Byte(target, image.Xor.Trail);
        // Bits behind the position may belong to samples that came while the snapshot was being written.
        var bytes = image.Open.AsSpan(0, image.Xor.Length).ToArray();
        if ((image.Xor.Position & 7) is var used && used > 0)
        {
            bytes[^1] &= (byte)(0xff << (8 - used));
        }

        RecordWriter.Bytes(target, bytes);
    }

    private static (byte[] Open, XorState Xor) ReadOpen(ref RecordReader reader)
    {
        var count = reader.Unsigned();
        var delta = reader.Unsigned();
        var position = reader.Unsigned();
        var xor = new XorState { Delta = delta, Position = (int)position, Count = (ushort)count, Lead = reader.Byte(), Trail = reader.Byte() };
        var bytes = reader.Bytes();
        if (bytes.Length != xor.Length || position > int.MaxValue || count is 0 or > XorEncoder.MaxSamples)
        {
            throw reader.Bad("an open chunk contradicts itself");
        }

        return (bytes.ToArray(), xor);
    }

    private static HeadChunk ReadClosed(ref RecordReader reader, Slab slab)
    {
        var kind = reader.Byte();
        var minTime = reader.Signed();
        var maxTime = reader.Signed();
        if (kind == Histograms)
        {
            var run = ReadRun(ref reader);
            return new HeadChunk(run, 0, 0, (ushort)run.Count, minTime, maxTime);
        }

        var count = reader.Unsigned();
        var bytes = reader.Bytes();
        if (kind is WholeHistogramChunk or FloatHistogramChunk && count is > 0 and <= ushort.MaxValue)
        {
            var encoding = kind == WholeHistogramChunk ? ChunkEncoding.Histogram : ChunkEncoding.FloatHistogram;
            return new HeadChunk(new EncodedHistograms(bytes.ToArray(), encoding), 0, 0, (ushort)count, minTime, maxTime);
        }

        if (kind != Floats || count is 0 or > XorEncoder.MaxSamples || bytes.Length > ushort.MaxValue)
        {
            throw reader.Bad("a chunk contradicts itself");
        }

        var (array, offset) = slab.Keep(bytes);
        return new HeadChunk(array, offset, (ushort)bytes.Length, (ushort)count, minTime, maxTime);
    }

    private static void WriteRun(IBufferWriter<byte> target, HistogramRun run, int count)
    {
        RecordWriter.Unsigned(target, (ulong)count);
        for (var i = 0; i < count; i++)
        {
            RecordWriter.Signed(target, run[i].Time);
            RecordWriter.Histogram(target, run[i].Histogram);
        }
    }

    private static HistogramRun ReadRun(ref RecordReader reader)
    {
        var run = new HistogramRun();
        for (var count = reader.Count(32); count > 0; count--)
        {
            var time = reader.Signed();
            run.Add(time, reader.Histogram());
        }

        return run;
    }
}
