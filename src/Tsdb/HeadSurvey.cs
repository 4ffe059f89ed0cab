using System.Text;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tsdb;

/// <summary>Counts what a head holds.</summary>
internal static class HeadSurvey
{
    public static HeadStatistics Take(HeadBlock head)
    {
        var metrics = new Dictionary<string, long>();
        var values = new Dictionary<string, long>();
        var bytes = new Dictionary<string, long>();
        var pairs = new Dictionary<string, long>();
        foreach (var name in head.Postings.Names())
        {
            var own = head.Postings.Values(name).Span;
            values[name] = own.Length;
            foreach (var (value, postings) in own)
            {
                pairs[name + "=" + value] = postings.Count;
                bytes[name] = bytes.GetValueOrDefault(name) + ((long)Encoding.UTF8.GetByteCount(value) * postings.Count);
                if (name == Model.Labels.MetricName)
                {
                    metrics[value] = postings.Count;
                }
            }
        }

        return new HeadStatistics(
            head.SeriesCount,
            pairs.Count,
            head.AllSeries().Sum(static s => (long)s.ChunkCount),
            head.OldestTime,
            head.MaxTime,
            metrics,
            values,
            bytes,
            pairs);
    }
}
