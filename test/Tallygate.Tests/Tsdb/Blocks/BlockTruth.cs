using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Wal;

namespace Tallygate.Tests.Tsdb.Blocks;

/// <summary>Series whose samples are known, and blocks that are written of them.</summary>
internal sealed class BlockTruth
{
    public SortedDictionary<Labels, List<(long Time, double Value, FloatHistogram? Histogram)>> Series { get; } = [];

    /// <summary>Series with floats of every kind, and some with histograms, within two hours from 0 on.</summary>
    public static BlockTruth Make(int seed, int series, int samples, bool histograms = true)
    {
        var random = new Random(seed);
        var truth = new BlockTruth();
        for (var i = 0; i < series; i++)
        {
            var labels = Labels.Of(
                "__name__", i % 3 == 0 ? "requests_total" : "temperature", "instance", $"host-{i}", i % 2 == 0 ? "even" : "odd", "ja \"\\\n\ud83d\ude00");
            var list = new List<(long, double, FloatHistogram?)>();
            if (histograms && i % 7 == 6)
            {
                list.AddRange(HistogramChunkTests.Make(random, samples).Select((s, n) => (n * 15_000L, 0.0, (FloatHistogram?)s.Histogram)));
            }
            else
            {
                var time = 0L;
                var value = 0.0;
                for (var n = 0; n < samples; n++)
                {
                    value = random.Next(6) switch
                    {
                        0 => random.NextDouble() * 1e9,
                        1 => StaleMarker.Value,
                        2 => double.NegativeInfinity,
                        _ => n * (i + 1),
                    };
                    list.Add((time, value, null));
                    time += random.Next(4) == 0 ? random.Next(1, 30_000) : 15_000;
                }
            }

            truth.Series.Add(labels, list);
        }

        return truth;
    }

    /// <summary>Writes a block of the series into a directory; returns its path.</summary>
    public string Write(IWalFileSystem files, string parent, string? ulid = null, HeadMark? mark = null)
    {
        var symbols = Series.Keys.SelectMany(l => Enumerable.Range(0, l.Count).SelectMany(i => new[] { l[i].Name, l[i].Value }))
            .Distinct().Order(Utf8Order.Instance).ToArray();
        using var writer = new BlockWriter(files, parent, ulid ?? Ulid.New(0), symbols);
        foreach (var (labels, samples) in Series)
        {
            var floats = new FloatRun();
            foreach (var (time, value, histogram) in samples)
            {
                if (histogram is null)
                {
                    floats.Add(time, BitConverter.DoubleToInt64Bits(value));
                    if (floats.Count == 120)
                    {
                        writer.AddChunk(floats.Take());
                    }
                }
            }

            if (floats.Count > 0)
            {
                writer.AddChunk(floats.Take());
            }

            foreach (var chunk in HistogramEncoder.Encode([.. samples.Where(s => s.Histogram is not null).Select(s => (s.Time, s.Histogram!))]))
            {
                writer.AddChunk(chunk);
            }

            writer.EndSeries(labels);
        }

        var last = Series.Values.Max(s => s[^1].Time);
        foreach (var _ in writer.Finish(new BlockMeta { Ulid = "", MinTime = 0, MaxTime = last + 1 }, mark))
        {
        }

        return Path.Combine(parent, writer.Ulid);
    }
}
