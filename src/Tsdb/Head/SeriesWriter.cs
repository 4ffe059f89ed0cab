using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Writes samples to the open chunk of a series, and closes it where it is full. For the commit lock's holder, who has the row's lock too.
/// </summary>
internal static class SeriesWriter
{
    // As Prometheus: about 120 samples in a chunk, never more than twice that, and no more bytes than a chunk of a block should have.
    private const int TargetSamples = 120;

    /// <summary>The most samples of a chunk.</summary>
    public const int MaxSamples = 2 * TargetSamples;

    private const int MaxBytes = 1005;

    public static void AppendFloat(SeriesRows rows, int row, long time, long bits, CommitScope scope)
    {
        ref var series = ref rows[row];
        if (series.HasFloats && IsFull(series, time, series.Xor.Count, series.Xor.Length))
        {
            CloseFloats(rows, row, scope);
        }

        var scratch = scope.Scratch;
        Array.Clear(scratch);
        if (!series.HasFloats)
        {
            CloseHistograms(rows, row);
            series.Xor = XorEncoder.Begin(scratch, time, bits);
            BeginChunk(ref series, time, scope);
        }
        else
        {
            if (series.Open.IsEmpty)
            {
                // The row knows the first sample; its bytes are made when the second comes.
                var first = XorEncoder.Begin(scratch, series.LastTime, series.LastBits);
                Keep(rows, ref series, 0, 0, scratch.AsSpan(0, first.Length));
                Array.Clear(scratch);
            }

            // The bits are written behind those of the last byte, as if the chunk began with it.
            var (position, length) = (series.Xor.Position, series.Xor.Length);
            var used = position & 7;
            scratch[0] = used == 0 ? (byte)0 : series.LastByte;
            series.Xor.Position = used;
            XorEncoder.Append(ref series.Xor, scratch, series.LastTime, series.LastBits, time, bits);
            Keep(rows, ref series, length, position >> 3, scratch.AsSpan(0, series.Xor.Length));
            series.Xor.Position += position - used;
            PredictCut(ref series, time, series.Xor.Count);
        }

        series.LastBits = bits;
    }

    /// <summary>
    /// Appends floats whose times ascend from behind the newest sample to the open chunk, as many as it takes, exactly as
    /// <see cref="AppendFloat"/> would one after the other. The bits are made in one piece.
    /// </summary>
    /// <returns>How many were taken: none where the open chunk has less than two samples, or is full.</returns>
    public static int AppendFloats(SeriesRows rows, int row, ReadOnlySpan<StagedSample> samples, byte[] scratch)
    {
        ref var series = ref rows[row];
        if (series.Xor.Count < 2)
        {
            return 0;
        }

        var (length, whole) = (series.Xor.Length, series.Xor.Position >> 3);
        var xor = series.Xor;
        xor.Position &= 7;
        scratch[0] = xor.Position == 0 ? (byte)0 : series.LastByte;
        var (time, bits, taken) = (series.LastTime, series.LastBits, 0);
        while (taken < samples.Length && xor.Length <= scratch.Length - XorEncoder.Room)
        {
            ref readonly var sample = ref samples[taken];
            if (IsFull(series, sample.Time, xor.Count, whole + xor.Length))
            {
                break;
            }

            XorEncoder.Append(ref xor, scratch, time, bits, sample.Time, sample.Bits);
            PredictCut(ref series, sample.Time, xor.Count);
            (time, bits) = (sample.Time, sample.Bits);
            taken++;
        }

        if (taken > 0)
        {
            var written = scratch.AsSpan(0, xor.Length);
            Keep(rows, ref series, length, whole, written);
            xor.Position += whole << 3;
            series.Xor = xor;
            (series.LastTime, series.LastBits) = (time, bits);
            written.Clear();
        }

        scratch[0] = 0;
        return taken;
    }

    public static void AppendHistogram(SeriesRows rows, int row, long time, FloatHistogram histogram, CommitScope scope)
    {
        var extra = rows.NeedExtra(row);
        ref var series = ref rows[row];
        if (extra.OpenRun is { } full && IsFull(series, time, full.Count, 0))
        {
            CloseHistograms(rows, row);
        }

        if (extra.OpenRun is null)
        {
            CloseFloats(rows, row, scope);
            extra.OpenRun = new HistogramRun();
            BeginChunk(ref series, time, scope);
        }

        extra.OpenRun.Add(time, histogram);
        PredictCut(ref series, time, extra.OpenRun.Count);
    }

    /// <summary>Takes over an open chunk of floats.</summary>
    public static void Restore(SeriesRows rows, int row, ReadOnlySpan<byte> open, XorState xor)
    {
        ref var series = ref rows[row];
        series.Xor = xor;
        if (xor.Count > 1)
        {
            Keep(rows, ref series, 0, 0, open[..xor.Length]);
        }
    }

    /// <summary>Copies the open chunk of floats, which there must be, into as many bytes as it has.</summary>
    public static void CopyOpen(SeriesRows rows, in SeriesRow series, Span<byte> target)
    {
        if (!series.Open.IsEmpty)
        {
            rows.Bits.CopyTo(series.Open, target);
            return;
        }

        var first = new byte[XorEncoder.Room];
        XorEncoder.Begin(first, series.LastTime, series.LastBits);
        first.AsSpan(0, target.Length).CopyTo(target);
    }

    private static void Keep(SeriesRows rows, ref SeriesRow series, int length, int at, ReadOnlySpan<byte> bytes)
    {
        rows.Bits.Write(ref series.Open, length, at, bytes);
        series.LastByte = bytes[^1];
    }

    private static bool IsFull(in SeriesRow series, long time, int count, int length) =>
        time >= series.CutAt || count >= MaxSamples || length > MaxBytes;

    private static void BeginChunk(ref SeriesRow series, long time, CommitScope scope)
    {
        series.OpenMinTime = time;
        series.OpenFirst = series.Counts.Count;
        var range = scope.ChunkRange;
        var start = Math.DivRem(time, range, out var into) * range - (into < 0 ? range : 0);
        series.CutAt = start > long.MaxValue - range ? long.MaxValue : start + range;
    }

    // With a quarter of the samples in, the pace is known: the chunks of a range shall be of one length.
    private static void PredictCut(ref SeriesRow series, long time, int count)
    {
        if (count != TargetSamples / 4 || series.CutAt == long.MaxValue)
        {
            return;
        }

        var pace = (double)time - series.OpenMinTime + 1;
        var left = (double)series.CutAt - series.OpenMinTime;
        var chunks = Math.Floor(left / (pace * 4));
        if (chunks > 1)
        {
            series.CutAt = series.OpenMinTime + (long)(left / chunks);
        }
    }

    private static void CloseFloats(SeriesRows rows, int row, CommitScope scope)
    {
        ref var series = ref rows[row];
        if (!series.HasFloats)
        {
            return;
        }

        var (array, offset) = scope.Slab.Take(series.Xor.Length);
        var bytes = array.AsSpan(offset, series.Xor.Length);
        CopyOpen(rows, series, bytes);
        XorEncoder.WriteCount(bytes, series.Xor.Count);
        rows.NeedExtra(row).AddClosed(
            new HeadChunk(array, offset, (ushort)series.Xor.Length, series.Xor.Count, series.OpenMinTime, series.LastTime));
        rows.Bits.Free(ref series.Open);
        series.Xor = default;
        series.OpenFirst = series.Counts.Count;
    }

    private static void CloseHistograms(SeriesRows rows, int row)
    {
        if (rows.ExtraOf(row) is not { OpenRun: { } run } extra)
        {
            return;
        }

        ref var series = ref rows[row];
        foreach (var chunk in HeadChunk.Of(run, series.OpenMinTime, series.LastTime))
        {
            extra.AddClosed(chunk);
        }

        extra.OpenRun = null;
        series.OpenFirst = series.Counts.Count;
    }
}
