using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Compaction;

/// <summary>Writes the samples of a cursor as chunks of a block. Reusable, not thread-safe.</summary>
internal sealed class SampleEncoder
{
    private const int MaxSamples = 120;
    private readonly long[] _times = new long[MaxSamples];
    private readonly double[] _values = new double[MaxSamples];
    private readonly FloatRun _floats = new();
    private readonly List<(long, FloatHistogram)> _histograms = [];

    /// <summary>Writes all that comes.</summary>
    public void Write(ISampleCursor cursor, BlockWriter target)
    {
        while (cursor.Next is var kind && kind != SampleKind.None)
        {
            if (kind == SampleKind.Histogram)
            {
                EndFloats(target);
                var histogram = cursor.ReadHistogram(out var time);
                _histograms.Add((time, histogram));
                continue;
            }

            EndHistograms(target);
            var read = cursor.Read(_times, _values);
            for (var i = 0; i < read; i++)
            {
                _floats.Add(_times[i], BitConverter.DoubleToInt64Bits(_values[i]));
                if (_floats.Count == MaxSamples)
                {
                    EndFloats(target);
                }
            }
        }

        EndFloats(target);
        EndHistograms(target);
    }

    private void EndFloats(BlockWriter target)
    {
        if (_floats.Count > 0)
        {
            target.AddChunk(_floats.Take());
        }
    }

    private void EndHistograms(BlockWriter target)
    {
        if (_histograms.Count > 0)
        {
            foreach (var chunk in HistogramEncoder.Encode(_histograms))
            {
                target.AddChunk(chunk);
            }

            _histograms.Clear();
        }
    }
}
