using CsCheck;
using Tallygate.Model;
using Tallygate.Tsdb.Index;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Tsdb;

public sealed class PostingsTests
{
    private static readonly Comparer<int[]> ByNumbers = Comparer<int[]>.Create(static (x, y) => x.AsSpan().SequenceCompareTo(y));

    [Fact]
    public void Any_matchers_find_what_looking_at_each_series_finds()
    {
        string[] values = ["", "a", "b", "ab", "abc", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "é"];
        string[] names = ["__name__", "x", "y", "z", "absent"];
        string[] patterns = ["", "a", "x[0-4]", "x.", ".*", ".+", "a|b|x9", "|a", "é", "none", "(a|ab)(c|bcd)?", "[^x].*"];
        var value = Gen.Int[0, values.Length - 1].Select(i => values[i]);
        var labels = Gen.Select(value, value, value, Gen.Int[0, 3], (x, y, z, m) =>
            Labels.Of("__name__", $"m{m}", "x", x, "y", y, "z", z).WithoutEmpty());
        var matcher = Gen.Select(
            Gen.Enum<MatchType>(),
            Gen.Int[0, names.Length - 1].Select(i => names[i]),
            Gen.Bool,
            Gen.Int[0, 11],
            (type, name, other, i) => new LabelMatcher(type, name, other ? values[i] : patterns[i]));
        Gen.Select(labels.Array[0, 600], matcher.Array[0, 5], Gen.Int[0, 600].HashSet[0, 50]).Sample(
            (all, matchers, removed) =>
            {
                var postings = new MemPostings();
                var kept = new Dictionary<int, Labels>();
                var numbers = new Dictionary<int, int[]>();
                for (var i = 0; i < all.Length; i++)
                {
                    var pairs = new int[all[i].Count];
                    postings.Add(i + 1, all[i], pairs);
                    numbers.Add(i + 1, pairs);
                    kept.Add(i + 1, all[i]);
                }

                removed.RemoveWhere(i => !kept.Remove(i));
                postings.Remove(removed);
                var ranks = postings.Ranks();
                Assert.All(kept, k => Assert.Equal(k.Value, Labels.FromSorted([.. numbers[k.Key].Select(postings.Pair)])));
                Assert.Equal(
                    kept.Select(k => k.Value).Order(),
                    kept.OrderBy(k => numbers[k.Key].Select(n => ranks[n]).ToArray(), ByNumbers).Select(k => k.Value));
                Assert.Equal(
                    kept.Where(k => matchers.All(m => m.Matches(k.Value))).Select(k => k.Key).Order(),
                    PostingsQuery.Resolve(postings, matchers, kept.GetValueOrDefault).ToArray());
                foreach (var name in names)
                {
                    var left = kept.Values.Select(l => l.Get(name)).Where(v => v.Length > 0).ToHashSet();
                    Assert.Equal(left, [.. postings.Values(name).ToArray().Select(v => v.Value)]);
                }
            },
            iter: 300);
    }

    [Fact]
    public void Ids_may_come_in_any_order_during_replay()
    {
        Gen.Shuffle(Enumerable.Range(1, 100).ToArray()).Sample(
            ids =>
            {
                var list = new PostingList();
                foreach (var id in ids)
                {
                    list.Add(id);
                }

                Assert.Equal(ids.Order(), list.Ids.ToArray());
            },
            iter: 100);
    }

    [Fact]
    public void Readers_of_a_growing_list_see_a_sorted_prefix()
    {
        var postings = new MemPostings();
        var stop = false;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                var found = PostingsQuery.Resolve(postings, [new LabelMatcher(MatchType.Regexp, "x", ".+")], static _ => null).Span;
                for (var i = 0; i < found.Length; i++)
                {
                    if (found[i] != i + 1)
                    {
                        Volatile.Write(ref stop, true);
                        throw new InvalidOperationException("a gap");
                    }
                }
            }
        });
        reader.Start();
        for (var i = 1; i <= 3000 && !Volatile.Read(ref stop); i++)
        {
            postings.Add(i, Labels.Of("x", $"{i % 7}"), new int[1]);
        }

        Volatile.Write(ref stop, true);
        reader.Join();
        Assert.Equal(3000, postings.All.Count);
    }
}
