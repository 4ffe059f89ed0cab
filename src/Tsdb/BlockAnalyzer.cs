using System.Text;
using Tallygate.Model;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Index;

namespace Tallygate.Tsdb;

/// <summary>Goes through the index of one block and counts.</summary>
internal static class BlockAnalyzer
{
    public static BlockAnalysis Analyze(Block block, BlockInfo info, IReadOnlyList<LabelMatcher> matchers)
    {
        var index = block.Index;
        var reader = index.Series();
        var filtering = index.Series();
        var duration = (ulong)(info.MaxTime - info.MinTime);
        var uncoveredPairs = new Dictionary<string, double>();
        var uncoveredNames = new Dictionary<string, double>();
        var series = new Dictionary<string, long>();
        var metrics = new Dictionary<string, long>();
        var values = new Dictionary<string, HashSet<string>>();
        var entries = 0L;
        foreach (var id in PostingsQuery.Resolve(index, matchers, id => filtering.Read(id).Labels).Span)
        {
            var entry = reader.Read(id);
            var covered = entry.Chunks.Length == 0 ? 0 : (ulong)(entry.Chunks[^1].MaxTime - entry.Chunks[0].MinTime);
            foreach (ref readonly var label in entry.Labels.AsSpan())
            {
                var pair = label.Name + "=" + label.Value;
                uncoveredPairs[pair] = uncoveredPairs.GetValueOrDefault(pair) + (duration - covered);
                uncoveredNames[label.Name] = uncoveredNames.GetValueOrDefault(label.Name) + (duration - covered);
                series[pair] = series.GetValueOrDefault(pair) + 1;
                if (!values.TryGetValue(label.Name, out var known))
                {
                    values.Add(label.Name, known = []);
                }

                known.Add(label.Value);
                entries++;
            }

            metrics[entry.Labels.Name] = metrics.GetValueOrDefault(entry.Labels.Name) + 1;
        }

        return new BlockAnalysis(
            info,
            values.Count,
            series.Count,
            entries,
            uncoveredPairs.ToDictionary(static p => p.Key, p => (long)(p.Value / duration)),
            uncoveredNames.ToDictionary(static p => p.Key, p => (long)(p.Value / duration)),
            series,
            values.ToDictionary(static v => v.Key, static v => v.Value.Sum(static t => (long)Encoding.UTF8.GetByteCount(t))),
            values.ToDictionary(static v => v.Key, static v => (long)v.Value.Count),
            metrics);
    }
}
