using CsCheck;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Notes;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Tsdb.Notes;

public sealed class ExemplarRingTests
{
    private static readonly Labels _series = Labels.Of("__name__", "m");

    private static StoredExemplar At(long time, double value = 1, string trace = "a") => new(Labels.Of("trace_id", trace), value, time, true);

    [Fact]
    public void The_ring_does_what_its_slow_twin_does()
    {
        var step = Gen.Select(Gen.Int[0, 4], Gen.Long[0, 25], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Bool, Gen.Int[0, 60]);
        Gen.Select(Gen.Int[0, 9], Gen.Bool.Select(static b => b ? 6L : 0L), step.Array[0, 120]).Sample((capacity, window, steps) =>
        {
            var ring = new ExemplarRing(capacity, window);
            var twin = new SlowRing(capacity, window);
            foreach (var (series, time, value, label, own, resize) in steps)
            {
                if (resize < 8)
                {
                    ring.Resize(resize);
                    twin.Resize(resize);
                }

                var labels = Labels.Of("__name__", "m", "i", $"{series}");
                var exemplar = new StoredExemplar(Labels.Of("trace_id", $"{label}"), value, time, own);
                Assert.Equal(twin.Add(labels, exemplar), ring.Add(labels, exemplar));
            }

            Assert.Equal(twin.All, ring.All());
            Assert.Equal(twin.All.Count, ring.Statistics.Count);
            var found = ring.Select(5, 20, [[new LabelMatcher(MatchType.NotEqual, "i", "0")]]);
            var wanted = twin.All.Select(static e => e.Series).Distinct().Where(static s => s.Get("i") != "0").Order()
                .Select(s => (s, twin.Of(s).FindAll(static e => e.Time is >= 5 and <= 20))).Where(static s => s.Item2.Count > 0).ToList();
            Assert.Equal(wanted.Select(static w => w.s), found.Select(static f => f.Series));
            Assert.All(wanted.Zip(found), static pair => Assert.Equal(pair.First.Item2, pair.Second.Exemplars));
        });
    }

    [Fact]
    public void What_is_seen_again_without_a_time_of_its_own_is_no_new_one()
    {
        var ring = new ExemplarRing(10, 0);
        var unstamped = At(5) with { HasOwnTime = false };
        Assert.Equal(ExemplarStatus.Appended, ring.Add(_series, unstamped));
        Assert.Equal(ExemplarStatus.Duplicate, ring.Add(_series, unstamped with { Time = 9 }));
        Assert.Equal(ExemplarStatus.Appended, ring.Add(_series, At(9)));
        Assert.Equal(ExemplarStatus.OutOfOrder, ring.Add(_series, At(8)));
        Assert.Equal(1, ring.Statistics.OutOfOrder);
    }

    [Fact]
    public void Labels_have_at_most_128_characters_together()
    {
        var ring = new ExemplarRing(10, 0);

        // A character outside the first plane is two units of UTF-16, and one character.
        var longest = string.Concat(Enumerable.Repeat("\U0001F600", 120));
        Assert.Equal(ExemplarStatus.Appended, ring.Add(_series, At(1, trace: longest)));
        Assert.Equal(ExemplarStatus.InvalidLabels, ring.Add(_series, At(2, trace: longest + "x")));
        Assert.Equal(ExemplarStatus.InvalidLabels, ring.Add(_series, new StoredExemplar(Labels.From(new Label("", "x")), 1, 3, true)));
    }

    [Fact]
    public void A_selector_of_several_is_enough()
    {
        var ring = new ExemplarRing(10, 0);
        ring.Add(Labels.Of("__name__", "b"), At(1));
        ring.Add(Labels.Of("__name__", "a"), At(1));
        ring.Add(Labels.Of("__name__", "c"), At(1));
        LabelMatcher Named(string name) => new(MatchType.Equal, "__name__", name);
        Assert.Equal(["a", "b"], ring.Select(0, 9, [[Named("b")], [Named("a")]]).Select(static s => s.Series.Name));
        Assert.Empty(ring.Select(0, 9, [[Named("a"), Named("b")]]));
        Assert.Empty(ring.Select(0, 0, [[]]));
    }
}
