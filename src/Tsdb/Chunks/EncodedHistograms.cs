using Tallygate.Model;

namespace Tallygate.Tsdb.Chunks;

/// <summary>A finished chunk of native histograms as it will stand in a block.</summary>
internal sealed class EncodedHistograms(byte[] data, ChunkEncoding encoding)
{
    public EncodedHistograms(in EncodedChunk chunk)
        : this(chunk.Data.ToArray(), chunk.Encoding)
    {
    }

    public byte[] Data => data;

    public ChunkEncoding Encoding => encoding;

    /// <summary>
    /// The chunks of a run; null where they would not give back every bit, for blocks share one layout of buckets in a chunk and leave out what
    /// stale markers carry. Such a run stays as it is until it goes into a block.
    /// </summary>
    public static List<EncodedChunk>? TryEncode(HistogramRun run)
    {
        var chunks = HistogramEncoder.Encode(run.ToList());
        var at = 0;
        foreach (var chunk in chunks)
        {
            var decoder = new EncodedHistograms(chunk).Decoder(chunk.Count);
            for (; decoder.MoveNext(); at++)
            {
                var (time, histogram) = run[at];
                var read = decoder.Current();
                if (time != decoder.Time || !histogram.HasSameBits(read)
                    || (read.CounterResetHint == CounterResetHint.Gauge) != (histogram.CounterResetHint == CounterResetHint.Gauge))
                {
                    return null;
                }
            }
        }

        return chunks;
    }

    /// <summary>Reads the first <paramref name="count"/> samples.</summary>
    public HistogramDecoder Decoder(int count) => new(data, 0, data.Length, count, encoding);

    /// <summary>A reader that stands at the last of the first <paramref name="count"/> samples.</summary>
    public HistogramDecoder Last(int count)
    {
        var decoder = Decoder(count);
        while (decoder.MoveNext())
        {
        }

        return decoder;
    }
}
