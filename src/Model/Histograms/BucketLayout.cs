namespace Tallygate.Model.Histograms;

/// <summary>The buckets of one side, each with its index, in ascending order: what spans say, unrolled.</summary>
internal sealed class BucketLayout
{
    private readonly List<(int Index, double Count)> _buckets;

    private BucketLayout(List<(int Index, double Count)> buckets) => _buckets = buckets;

    public IReadOnlyList<(int Index, double Count)> Buckets => _buckets;

    public static BucketLayout Of(BucketSpan[] spans, double[] counts)
    {
        var buckets = new List<(int, double)>(counts.Length);
        var index = 0;
        foreach (var span in spans)
        {
            index += span.Offset;
            for (var i = 0; i < span.Length && buckets.Count < counts.Length; i++)
            {
                buckets.Add((index++, counts[buckets.Count]));
            }
        }

        return new BucketLayout(buckets);
    }

    /// <summary>Takes buckets in ascending order of their indexes.</summary>
    public static BucketLayout Of(IEnumerable<(int Index, double Count)> buckets) => new([.. buckets]);

    /// <summary>Whether both say the same buckets.</summary>
    public static bool AreAlike(BucketSpan[] spans, BucketSpan[] others) =>
        spans.AsSpan().SequenceEqual(others) || Joined(spans).SequenceEqual(Joined(others));

    public BucketLayout WithoutEmpty() => new(_buckets.FindAll(b => b.Count != 0));

    /// <summary>Without the buckets up to and including <paramref name="last"/>.</summary>
    public BucketLayout Above(int last) => new(_buckets.FindAll(b => b.Index > last));

    /// <summary>Merges 2^<paramref name="levels"/> buckets into one.</summary>
    public BucketLayout Coarser(int levels) => levels == 0 ? this : Mapped(index => ((index - 1) >> levels) + 1);

    /// <summary>Moves each bucket to another index, which may not fall as the old one rises, and adds up those that meet.</summary>
    public BucketLayout Mapped(Func<int, int> move)
    {
        var moved = new List<(int Index, double Count)>(_buckets.Count);
        foreach (var (from, count) in _buckets)
        {
            var index = move(from);
            if (moved.Count > 0 && moved[^1].Index == index)
            {
                moved[^1] = (index, moved[^1].Count + count);
            }
            else
            {
                moved.Add((index, count));
            }
        }

        return new BucketLayout(moved);
    }

    /// <summary>The buckets of both, those of <paramref name="other"/> times <paramref name="sign"/>.</summary>
    public BucketLayout Plus(BucketLayout other, double sign)
    {
        var sum = new List<(int, double)>(_buckets.Count + other._buckets.Count);
        var i = 0;
        foreach (var (index, count) in other._buckets)
        {
            while (i < _buckets.Count && _buckets[i].Index < index)
            {
                sum.Add(_buckets[i++]);
            }

            if (i < _buckets.Count && _buckets[i].Index == index)
            {
                sum.Add((index, _buckets[i++].Count + (sign * count)));
            }
            else
            {
                sum.Add((index, sign * count));
            }
        }

        sum.AddRange(_buckets[i..]);
        return new BucketLayout(sum);
    }

    /// <summary>Rolls the buckets up into spans; gaps of up to <paramref name="maxEmpty"/> are filled with empty buckets.</summary>
    public (BucketSpan[] Spans, double[] Counts) ToSpans(int maxEmpty = 0)
    {
        var spans = new List<BucketSpan>();
        var counts = new List<double>(_buckets.Count);
        var end = 0;
        foreach (var (index, count) in _buckets)
        {
            var gap = (long)index - end;
            if (spans.Count == 0 || gap > maxEmpty)
            {
                spans.Add(new BucketSpan((int)gap, 1));
            }
            else
            {
                counts.AddRange(Enumerable.Repeat(0.0, (int)gap));
                spans[^1] = spans[^1] with { Length = spans[^1].Length + (uint)gap + 1 };
            }

            counts.Add(count);
            end = index + 1;
        }

        return ([.. spans], [.. counts]);
    }

    /// <summary>The spans without those of no length and with those joined that touch each other.</summary>
    private static List<BucketSpan> Joined(BucketSpan[] spans)
    {
        var joined = new List<BucketSpan>(spans.Length);
        var gap = 0;
        foreach (var span in spans)
        {
            gap += span.Offset;
            if (span.Length == 0)
            {
                continue;
            }

            if (joined.Count > 0 && gap == 0)
            {
                joined[^1] = joined[^1] with { Length = joined[^1].Length + span.Length };
            }
            else
            {
                joined.Add(new BucketSpan(gap, span.Length));
            }

            gap = 0;
        }

        return joined;
    }
}
