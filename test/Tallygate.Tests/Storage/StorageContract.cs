using CsCheck;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Storage;

/// <summary>What the ports of sample storage promise, sentence by sentence; every store runs it.</summary>
public abstract class StorageContract
{
    /// <summary>A fresh, empty store that takes samples of any time, by its two doors, and what to dispose of.</summary>
    protected abstract (IQueryableStorage Read, IAppendableStorage Write, IDisposable? Owner) Open(bool allowOutOfOrder);

    private sealed record Store(IQueryableStorage Read, IAppendableStorage Write, IDisposable? Owner) : IDisposable
    {
        public void Dispose() => Owner?.Dispose();

        public AppendStatus Put(Labels labels, long time, double value)
        {
            using var appender = Write.Appender();
            var status = Put(appender, labels, time, value);
            appender.Commit();
            return status;
        }

        public static AppendStatus Put(IAppender appender, Labels labels, long time, double value)
        {
            SeriesRef reference = default;
            return appender.Append(ref reference, labels, time, value);
        }
    }

    private Store New(bool allowOutOfOrder = false)
    {
        var (read, write, owner) = Open(allowOutOfOrder);
        return new Store(read, write, owner);
    }

    private static readonly Labels _a = Labels.Of("__name__", "m", "job", "a");
    private static readonly Labels _b = Labels.Of("__name__", "m", "job", "b");

    [Fact]
    public void An_empty_store_answers_nothing()
    {
        using var store = New();
        Assert.Empty(StorageReading.All(store.Read));
        using var querier = store.Read.Querier(long.MinValue, long.MaxValue);
        Assert.Empty(querier.LabelNames([], 0));
        Assert.Empty(querier.LabelValues("job", [], 0));
        Assert.Equal(0, store.Write.DurableSourcePosition);
    }

    [Fact]
    public void What_was_committed_is_read_back_in_time_order()
    {
        using var store = New();
        using (var appender = store.Write.Appender())
        {
            SeriesRef reference = default;
            for (var i = 0; i < 1000; i++)
            {
                Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, _a, i * 15_000, i * 0.5));
                Assert.NotEqual(default, reference);
            }

            appender.Commit();
        }

        var series = Assert.Single(StorageReading.All(store.Read));
        Assert.Equal(_a, series.Labels);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (i * 15_000L, i * 0.5)), series.Floats);
    }

    [Fact]
    public void Nothing_of_a_batch_is_seen_before_its_commit_and_all_of_it_after()
    {
        using var store = New();
        using var appender = store.Write.Appender();
        Store.Put(appender, _a, 1, 1);
        Store.Put(appender, _b, 1, 2);
        Assert.Empty(StorageReading.All(store.Read));
        using (var querier = store.Read.Querier(long.MinValue, long.MaxValue))
        {
            Assert.Empty(querier.LabelNames([], 0));
            Assert.Empty(querier.LabelValues("job", [], 0));
        }

        appender.Commit();
        Assert.Equal(2, StorageReading.All(store.Read).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_that_is_rolled_back_or_disposed_of_was_never_there(bool byRollback)
    {
        using var store = New();
        var appender = store.Write.Appender();
        Store.Put(appender, _a, 1, 1);
        if (byRollback)
        {
            appender.Rollback();
        }

        appender.Dispose();
        Assert.Empty(StorageReading.All(store.Read));
        Assert.Equal(AppendStatus.Appended, store.Put(_a, 1, 7));
        Assert.Equal([(1L, 7.0)], StorageReading.All(store.Read).Single().Floats);
    }

    [Fact]
    public void Disposing_after_a_commit_takes_nothing_back()
    {
        using var store = New();
        var appender = store.Write.Appender();
        Store.Put(appender, _a, 1, 1);
        appender.Commit();
        appender.Dispose();
        appender.Dispose();
        Assert.Single(StorageReading.All(store.Read));
    }

    [Fact]
    public void A_spent_appender_says_so()
    {
        using var store = New();
        using var appender = store.Write.Appender();
        appender.Commit();
        Assert.Throws<InvalidOperationException>(() => Store.Put(appender, _a, 1, 1));
        Assert.Throws<InvalidOperationException>(() => appender.Commit());
    }

    [Fact]
    public void A_querier_and_a_snapshot_see_no_later_commit()
    {
        using var store = New();
        store.Put(_a, 1, 1);
        using var querier = store.Read.Querier(0, 100);
        using var snapshot = store.Read.Snapshot();
        using var again = snapshot.Snapshot();
        store.Put(_a, 2, 2);
        store.Put(_b, 2, 2);
        foreach (var seen in new[] { StorageReading.Select(querier), StorageReading.All(snapshot), StorageReading.All(again) })
        {
            Assert.Equal([(1L, 1.0)], Assert.Single(seen).Floats);
        }

        Assert.Equal(["a"], querier.LabelValues("job", [], 0));
        Assert.Equal(2, StorageReading.All(store.Read).Count);
    }

    [Fact]
    public void Every_snapshot_keeps_its_own_moment()
    {
        using var store = New();
        var snapshots = new List<IStorageSnapshot>();
        for (var i = 0; i < 700; i++)
        {
            snapshots.Add(store.Read.Snapshot());
            store.Put(_a, i, i);
        }

        for (var i = 0; i < snapshots.Count; i += 7)
        {
            var floats = StorageReading.All(snapshots[i]).SelectMany(s => s.Floats);
            Assert.Equal(i, floats.Count());
        }

        snapshots.ForEach(static s => s.Dispose());
        store.Put(_a, 1000, 1);
        Assert.Equal(701, StorageReading.All(store.Read).Single().Floats.Count);
    }

    [Fact]
    public void A_cursor_opened_before_a_commit_reads_on_undisturbed()
    {
        using var store = New();
        for (var i = 0; i < 100; i++)
        {
            store.Put(_a, i, Math.Sqrt(i));
        }

        using var querier = store.Read.Querier(0, 10_000);
        var set = querier.Select(true, null, []);
        Assert.True(set.MoveNext());
        var cursor = set.Current.Samples(0, 10_000);
        Span<long> times = stackalloc long[10];
        Span<double> values = stackalloc double[10];
        for (var i = 0; i < 100; i += 10)
        {
            for (var j = 0; j < 50; j++)
            {
                store.Put(_a, 100 + (i * 5) + j, Math.Sqrt(j) * i);
            }

            Assert.Equal(10, cursor.Read(times, values));
            for (var j = 0; j < 10; j++)
            {
                Assert.Equal(i + j, times[j]);
                Assert.Equal(Math.Sqrt(i + j), values[j]);
            }
        }

        Assert.Equal(SampleKind.None, cursor.Next);
        Assert.Equal(0, cursor.Read(times, values));
    }

    [Fact]
    public void Batches_of_several_appenders_are_put_in_the_order_of_their_commits()
    {
        using var store = New();
        using var first = store.Write.Appender();
        using var second = store.Write.Appender();
        Assert.Equal(AppendStatus.Appended, Store.Put(first, _a, 10, 1));
        Assert.Equal(AppendStatus.Appended, Store.Put(second, _a, 10, 2));
        Assert.Equal(AppendStatus.Appended, Store.Put(second, _b, 10, 2));
        Assert.Equal(AppendStatus.DuplicateTimestamp, Store.Put(first, _a, 10, 3));
        second.Commit();
        first.Commit();
        var seen = StorageReading.All(store.Read);
        Assert.Equal([(10L, 2.0)], seen[0].Floats);
        Assert.Equal([(10L, 2.0)], seen[1].Floats);
    }

    [Fact]
    public void An_overtaken_sample_is_left_out_at_commit_and_spoils_nothing()
    {
        using var store = New();
        using var slow = store.Write.Appender();
        Store.Put(slow, _a, 10, 1);
        Store.Put(slow, _a, 30, 3);
        Store.Put(slow, _b, 10, 1);
        store.Put(_a, 20, 2);
        slow.Commit();
        var seen = StorageReading.All(store.Read);
        Assert.Equal([(20L, 2.0), (30L, 3.0)], seen[0].Floats);
        Assert.Equal([(10L, 1.0)], seen[1].Floats);
    }

    [Fact]
    public void Repeated_and_older_samples_get_their_statuses()
    {
        using var store = New();
        Assert.Equal(AppendStatus.Appended, store.Put(_a, 10, 1));
        Assert.Equal(AppendStatus.Duplicate, store.Put(_a, 10, 1));
        Assert.Equal(AppendStatus.DuplicateTimestamp, store.Put(_a, 10, 2));
        Assert.Equal(AppendStatus.DuplicateTimestamp, store.Put(_a, 10, StaleMarker.Value));
        Assert.Equal(AppendStatus.OutOfOrder, store.Put(_a, 9, 1));
        using var appender = store.Write.Appender();
        Assert.Equal(AppendStatus.Appended, Store.Put(appender, _a, 20, 0.0));
        Assert.Equal(AppendStatus.Duplicate, Store.Put(appender, _a, 20, 0.0));
        Assert.Equal(AppendStatus.DuplicateTimestamp, Store.Put(appender, _a, 20, -0.0));
        Assert.Equal(AppendStatus.OutOfOrder, Store.Put(appender, _a, 15, 1));
        Assert.Equal(AppendStatus.Appended, Store.Put(appender, _a, 21, 1));
        appender.Commit();
        Assert.Equal([(10L, 1.0), (20L, 0.0), (21L, 1.0)], StorageReading.All(store.Read).Single().Floats);
    }

    [Fact]
    public void A_store_that_allows_it_sorts_late_samples_in()
    {
        using var store = New(allowOutOfOrder: true);
        store.Put(_a, 10, 1);
        store.Put(_a, 30, 3);
        using (var appender = store.Write.Appender())
        {
            Assert.Equal(AppendStatus.Appended, Store.Put(appender, _a, 20, 2));
            Assert.Equal(AppendStatus.Appended, Store.Put(appender, _a, 40, 4));
            Assert.Equal(AppendStatus.Appended, Store.Put(appender, _a, 5, 0));
            Assert.Equal(AppendStatus.Duplicate, Store.Put(appender, _a, 20, 2));
            Assert.Equal(AppendStatus.DuplicateTimestamp, Store.Put(appender, _a, 20, 1));
            Assert.Equal(AppendStatus.Duplicate, Store.Put(appender, _a, 10, 1));
            appender.Commit();
        }

        Assert.Equal(AppendStatus.Duplicate, store.Put(_a, 5, 0));
        Assert.Equal(AppendStatus.DuplicateTimestamp, store.Put(_a, 20, 9));
        Assert.Equal([(5L, 0.0), (10L, 1.0), (20L, 2.0), (30L, 3.0), (40L, 4.0)], StorageReading.All(store.Read).Single().Floats);
    }

    [Fact]
    public void Late_samples_are_isolated_too()
    {
        using var store = New(allowOutOfOrder: true);
        store.Put(_a, 100, 1);
        using var before = store.Read.Snapshot();
        for (var i = 0; i < 50; i++)
        {
            store.Put(_a, 99 - i, i);
        }

        Assert.Equal([(100L, 1.0)], StorageReading.All(before).Single().Floats);
        Assert.Equal(51, StorageReading.All(store.Read).Single().Floats.Count);
        Assert.Equal(Enumerable.Range(50, 51).Select(i => (long)i), StorageReading.All(store.Read).Single().Floats.Select(f => f.Time));
    }

    [Fact]
    public void A_batch_of_source_positions_committed_before_is_a_replay_and_left_out()
    {
        using var store = New();
        foreach (var (position, time) in new[] { (5L, 10L), (5, 20), (4, 30), (6, 40), (0, 50) })
        {
            using var appender = store.Write.Appender();
            Store.Put(appender, _a, time, position);
            appender.Commit(position);
        }

        Assert.Equal([10L, 40, 50], StorageReading.All(store.Read).Single().Floats.Select(f => f.Time));
    }

    [Fact]
    public void Labels_must_be_there_and_not_empty()
    {
        using var store = New();
        Assert.Equal(AppendStatus.InvalidLabels, store.Put(Labels.Empty, 1, 1));
        Assert.Equal(AppendStatus.InvalidLabels, store.Put(Labels.Of("__name__", "m", "job", ""), 1, 1));
        Assert.Equal(AppendStatus.Appended, store.Put(Labels.Of("job", "x"), 1, 1));
        Assert.Single(StorageReading.All(store.Read));
    }

    [Fact]
    public void A_reference_saves_the_look_up_and_an_unknown_one_is_looked_up_anew()
    {
        using var store = New();
        SeriesRef reference = default;
        using (var appender = store.Write.Appender())
        {
            appender.Append(ref reference, _a, 1, 1);
            appender.Commit();
        }

        var unknown = new SeriesRef(ulong.MaxValue - 5);
        using (var appender = store.Write.Appender())
        {
            var known = reference;
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, _a, 2, 2));
            Assert.Equal(known, reference);
            Assert.Equal(AppendStatus.Appended, appender.Append(ref unknown, _a, 3, 3));
            Assert.Equal(known, unknown);
            appender.Commit();
        }

        Assert.Equal(3, StorageReading.All(store.Read).Single().Floats.Count);
    }

    [Fact]
    public void Values_are_carried_by_their_bits()
    {
        using var store = New();
        long[] bits =
        [
            StaleMarker.Bits, StaleMarker.NormalNaNBits, 0, long.MinValue, BitConverter.DoubleToInt64Bits(double.PositiveInfinity),
            BitConverter.DoubleToInt64Bits(double.NegativeInfinity), BitConverter.DoubleToInt64Bits(double.Epsilon), -1, StaleMarker.Bits,
            StaleMarker.Bits, BitConverter.DoubleToInt64Bits(double.NaN), 0x7ff0000000000001,
        ];
        for (var i = 0; i < bits.Length; i++)
        {
            Assert.Equal(AppendStatus.Appended, store.Put(_a, i, BitConverter.Int64BitsToDouble(bits[i])));
        }

        Assert.Equal(AppendStatus.Duplicate, store.Put(_a, bits.Length - 1, BitConverter.Int64BitsToDouble(bits[^1])));
        var read = StorageReading.All(store.Read).Single().Floats;
        Assert.Equal(bits, read.Select(f => BitConverter.DoubleToInt64Bits(f.Value)));
    }

    [Fact]
    public void Ranges_are_inclusive_and_series_outside_of_them_are_left_out()
    {
        using var store = New();
        for (var t = 0; t < 600; t++)
        {
            store.Put(_a, t * 10, t);
        }

        store.Put(_b, 100_000, 1);
        using (var querier = store.Read.Querier(1000, 2000))
        {
            var series = Assert.Single(StorageReading.Select(querier));
            Assert.Equal(Enumerable.Range(100, 101).Select(i => i * 10L), series.Floats.Select(f => f.Time));
            Assert.Equal(["a"], querier.LabelValues("job", [], 0));
        }

        using (var querier = store.Read.Querier(1000, 2000))
        {
            var set = querier.Select(false, null, []);
            Assert.True(set.MoveNext());
            Assert.Equal([1500L, 1510, 1520], StorageReading.Floats(set.Current.Samples(1500, 1525)).Select(f => f.Time));
            Assert.Equal([1000L, 1010], StorageReading.Floats(set.Current.Samples(0, 1010)).Select(f => f.Time));
            Assert.Equal([2000L], StorageReading.Floats(set.Current.Samples(1995, 100_000)).Select(f => f.Time));
            Assert.Empty(StorageReading.Floats(set.Current.Samples(1501, 1509)));
            Assert.Empty(StorageReading.Floats(set.Current.Samples(1600, 1500)));
        }

        using (var querier = store.Read.Querier(100_001, 200_000))
        {
            Assert.Empty(StorageReading.Select(querier));
        }
    }

    [Fact]
    public void Negative_and_extreme_times_are_times_too()
    {
        using var store = New();
        long[] times = [long.MinValue + 1, -1, 0, 1, long.MaxValue - 1];
        foreach (var time in times)
        {
            Assert.Equal(AppendStatus.Appended, store.Put(_a, time, 1));
        }

        Assert.Equal(times, StorageReading.All(store.Read).Single().Floats.Select(f => f.Time));
    }

    [Fact]
    public void A_cursor_fills_spans_of_any_length()
    {
        using var store = New();
        for (var t = 0; t < 1000; t++)
        {
            store.Put(_a, t, t * 0.1);
        }

        using var querier = store.Read.Querier(0, 2000);
        foreach (var length in new[] { 1, 7, 120, 128, 999, 1000, 4096 })
        {
            var set = querier.Select(true, null, []);
            set.MoveNext();
            var cursor = set.Current.Samples(0, 2000);
            var times = new long[length];
            var values = new double[length];
            var all = new List<(long, double)>();
            for (var read = cursor.Read(times, values); read > 0; read = cursor.Read(times, values))
            {
                all.AddRange(Enumerable.Range(0, read).Select(i => (times[i], values[i])));
            }

            Assert.Equal(SampleKind.None, cursor.Next);
            Assert.Equal(Enumerable.Range(0, 1000).Select(t => ((long)t, t * 0.1)), all);
        }
    }

    [Fact]
    public void A_series_stays_valid_after_the_set_has_moved_on()
    {
        using var store = New();
        store.Put(_a, 1, 1);
        store.Put(_b, 1, 2);
        using var querier = store.Read.Querier(0, 10);
        var set = querier.Select(true, null, []);
        set.MoveNext();
        var first = set.Current;
        set.MoveNext();
        Assert.Equal(_b, set.Current.Labels);
        Assert.False(set.MoveNext());
        Assert.Equal(_a, first.Labels);
        Assert.Equal([(1L, 1.0)], StorageReading.Floats(first.Samples(0, 10)));
        Assert.Equal([(1L, 1.0)], StorageReading.Floats(first.Samples(0, 10)));
        Assert.Empty(set.Warnings);
    }

    [Fact]
    public void Sorted_select_is_in_label_order_and_unsorted_is_repeatable()
    {
        using var store = New();
        string[] jobs = ["b", "a", "\uFFFD", "\U0001F600", "aa", "", "Z", "\uE000"];
        using (var appender = store.Write.Appender())
        {
            foreach (var job in jobs)
            {
                Store.Put(appender, job.Length == 0 ? Labels.Of("__name__", "m") : Labels.Of("__name__", "m", "job", job), 1, 1);
                Store.Put(appender, Labels.Of("__name__", "n", "zone", job + "z"), 1, 1);
            }

            appender.Commit();
        }

        using var querier = store.Read.Querier(0, 10);
        var sorted = StorageReading.Select(querier, true).ConvertAll(s => s.Labels);
        Assert.Equal(sorted.Order(), sorted);
        Assert.Equal(2 * jobs.Length, sorted.Count);
        var once = StorageReading.Select(querier, false).ConvertAll(s => s.Labels);
        var twice = StorageReading.Select(querier, false).ConvertAll(s => s.Labels);
        Assert.Equal(once, twice);
        Assert.Equal(sorted, once.Order());
    }

    [Fact]
    public void Label_values_and_names_come_in_order_each_once_and_limited()
    {
        using var store = New();
        foreach (var (zone, job) in new[] { ("z1", "c"), ("z2", "a"), ("z1", "b"), ("", "c"), ("z3", "\U0001F600"), ("z3", "\uFFFD") })
        {
            store.Put(zone.Length == 0 ? Labels.Of("__name__", "m", "job", job) : Labels.Of("__name__", "m", "job", job, "zone", zone), 1, 1);
        }

        store.Put(Labels.Of("__name__", "other", "extra", "x"), 1, 1);
        using var querier = store.Read.Querier(0, 10);
        Assert.Equal(["a", "b", "c", "\uFFFD", "\U0001F600"], querier.LabelValues("job", [], 0));
        Assert.Equal(["a", "b"], querier.LabelValues("job", [], 2));
        Assert.Equal(["b", "c"], querier.LabelValues("job", [new LabelMatcher(MatchType.Equal, "zone", "z1")], 0));
        Assert.Equal(["c"], querier.LabelValues("job", [new LabelMatcher(MatchType.Equal, "zone", "")], 0));
        Assert.Empty(querier.LabelValues("nothing", [], 0));
        Assert.Equal(["__name__", "extra", "job", "zone"], querier.LabelNames([], 0));
        Assert.Equal(["__name__", "extra"], querier.LabelNames([], 2));
        Assert.Equal(["__name__", "extra"], querier.LabelNames([new LabelMatcher(MatchType.Equal, "job", "")], 0));
        Assert.Empty(querier.LabelNames([new LabelMatcher(MatchType.Equal, "job", "none")], 0));
    }

    [Fact]
    public void Matchers_mean_what_they_say_for_any_set_of_series()
    {
        var value = OneOf("", "a", "b", "ab", "abc", "b.c", "é");
        var series = Gen.Select(value, value, value, (x, y, z) => Labels.Of("__name__", "m", "x", x, "y", y, "z", z).WithoutEmpty());
        var pattern = OneOf("", "a", "b", "a|b", ".*", ".+", "a.*", "a?", "|a", ".*c", "(a|ab)(c|bcd)?", "é|abc", "[^a]", "nothing");
        var matcher = Gen.Select(
            Gen.Enum<MatchType>(),
            OneOf("x", "y", "z", "__name__", "absent"),
            pattern,
            (type, name, text) => new LabelMatcher(type, name, text));
        Gen.Select(series.Array[0, 30], matcher.Array[0, 4]).Sample(
            (all, matchers) =>
            {
                using var store = New();
                using (var appender = store.Write.Appender())
                {
                    foreach (var labels in all)
                    {
                        Store.Put(appender, labels, 1, 1);
                    }

                    appender.Commit();
                }

                using var querier = store.Read.Querier(0, 10);
                var wanted = all.Distinct().Where(l => matchers.All(m => m.Matches(l))).Order();
                Assert.Equal(wanted, StorageReading.Select(querier, true, matchers).Select(s => s.Labels));
                Assert.Equal(
                    wanted.Select(l => l.Get("x")).Where(v => v.Length > 0).Distinct().Order(Utf8Order.Instance),
                    querier.LabelValues("x", matchers, 0));
                Assert.Equal(
                    wanted.SelectMany(l => l.AsSpan().ToArray()).Select(l => l.Name).Distinct().Order(Utf8Order.Instance),
                    querier.LabelNames(matchers, 0));
            },
            iter: 200);
    }

    [Fact]
    public void Histograms_come_by_the_side_door_between_floats()
    {
        using var store = New();
        using (var appender = store.Write.Appender())
        {
            SeriesRef reference = default;
            for (var i = 0; i < 300; i++)
            {
                var status = i / 10 % 3 == 1
                    ? appender.Append(ref reference, _a, i, Histogram(i))
                    : appender.Append(ref reference, _a, i, i);
                Assert.Equal(AppendStatus.Appended, status);
            }

            Assert.Equal(AppendStatus.DuplicateTimestamp, appender.Append(ref reference, _a, 299, Histogram(299)));
            appender.Commit();
        }

        using (var appender = store.Write.Appender())
        {
            SeriesRef reference = default;
            Assert.Equal(AppendStatus.OutOfOrder, appender.Append(ref reference, _a, 15, Histogram(1)));
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, _a, 300, Histogram(300)));
            Assert.Equal(AppendStatus.Duplicate, appender.Append(ref reference, _a, 300, Histogram(300)));
            Assert.Equal(AppendStatus.DuplicateTimestamp, appender.Append(ref reference, _a, 300, Histogram(301)));
            Assert.Equal(AppendStatus.DuplicateTimestamp, appender.Append(ref reference, _a, 300, 300.0));
            appender.Commit();
        }

        Span<long> times = stackalloc long[1];
        Span<double> values = stackalloc double[1];
        using var querier = store.Read.Querier(5, 400);
        for (var round = 0; round < 2; round++)
        {
            var set = querier.Select(true, null, []);
            Assert.True(set.MoveNext());
            var cursor = set.Current.Samples(0, 1000);
            for (var i = 5; i < 301; i++)
            {
                if (i / 10 % 3 == 1 || i == 300)
                {
                    Assert.Equal(SampleKind.Histogram, cursor.Next);
                    Assert.Equal(0, cursor.Read(times, values));
                    var histogram = cursor.ReadHistogram(out var time);
                    Assert.Equal(i, time);
                    Assert.True(histogram.HasSameBits(Histogram(i)));
                    Assert.Equal(CounterResetHint.Gauge, histogram.CounterResetHint);
                    histogram.PositiveBuckets[0] = -1;
                    histogram.Sum = -1;
                }
                else
                {
                    Assert.Equal(SampleKind.Float, cursor.Next);
                    Assert.Equal(1, cursor.Read(times, values));
                    Assert.Equal(i, times[0]);
                    Assert.Equal(i, values[0]);
                }
            }

            Assert.Equal(SampleKind.None, cursor.Next);
        }
    }

    [Fact]
    public void Late_histograms_are_sorted_in_where_late_samples_are_allowed()
    {
        using var store = New(allowOutOfOrder: true);
        using (var appender = store.Write.Appender())
        {
            SeriesRef reference = default;
            appender.Append(ref reference, _a, 10, 1);
            appender.Append(ref reference, _a, 30, Histogram(3));
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, _a, 20, Histogram(2)));
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, _a, 25, 2.5));
            appender.Commit();
        }

        var series = StorageReading.All(store.Read).Single();
        Assert.Equal([10L, 20, 25, 30], series.Samples.Select(s => s.Time));
        Assert.Equal([false, true, false, true], series.Samples.Select(s => s.Histogram is not null));
    }

    [Fact]
    public void Any_interleaving_of_late_and_timely_samples_reads_as_the_sorted_list()
    {
        var put = Gen.Select(Gen.Long[0, 300], Gen.Int[0, 3], Gen.Bool);
        Gen.Select(put.Array[1, 400], Gen.Bool).Sample(
            (puts, allow) =>
            {
                using var store = New(allow);
                var oracle = new SortedDictionary<long, double>();
                IAppender? appender = null;
                var newestCommitted = -1L;
                foreach (var (time, value, commit) in puts)
                {
                    appender ??= store.Write.Appender();
                    var isLate = !allow && oracle.Count > 0 && time < oracle.Keys.Last() && time != newestCommitted;
                    var wanted = isLate ? AppendStatus.OutOfOrder
                        : !oracle.TryGetValue(time, out var old) ? AppendStatus.Appended
                        : old == value ? AppendStatus.Duplicate
                        : AppendStatus.DuplicateTimestamp;
                    Assert.Equal(wanted, Store.Put(appender, _a, time, value));
                    if (wanted == AppendStatus.Appended)
                    {
                        oracle.Add(time, value);
                    }

                    if (commit)
                    {
                        appender.Commit();
                        appender = null;
                        newestCommitted = oracle.Keys.Last();
                    }
                }

                appender?.Commit();
                Assert.Equal(oracle.Select(o => (o.Key, o.Value)), StorageReading.All(store.Read).Single().Floats);
                using var querier = store.Read.Querier(100, 200);
                var inside = oracle.Where(o => o.Key is >= 100 and <= 200).Select(o => (o.Key, o.Value));
                Assert.Equal(inside, StorageReading.Select(querier).SelectMany(s => s.Floats));
            },
            iter: 200);
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    protected static FloatHistogram Histogram(int seed) => new()
    {
        CounterResetHint = CounterResetHint.Gauge,
        Schema = 3,
        ZeroThreshold = 0.001,
        ZeroCount = seed,
        Count = seed * 10,
        Sum = seed % 7 == 0 ? StaleMarker.Value : seed * 1.5,
        PositiveSpans = [new BucketSpan(seed, 2), new BucketSpan(1, 1)],
        NegativeSpans = [new BucketSpan(-3, 1)],
        PositiveBuckets = [seed, 2, double.PositiveInfinity],
        NegativeBuckets = [seed * 0.1],
        CustomValues = seed % 2 == 0 ? [] : [1, 2.5],
    };
}
