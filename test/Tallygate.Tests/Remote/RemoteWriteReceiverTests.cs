using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Remote;
using Tallygate.Storage;
using Tallygate.Testing;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Remote;

/// <summary>Remote write, version 1: what is stored of a request, and what is refused.</summary>
public sealed class RemoteWriteReceiverTests : IDisposable
{
    private const long Start = 1_800_000_000_000;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));
    private readonly Database _database;
    private readonly RemoteWriteReceiver _receiver;

    public RemoteWriteReceiverTests()
    {
        _database = Database.InMemory(new DatabaseOptions(), _time);
        _receiver = new RemoteWriteReceiver(_database, _time);
    }

    public void Dispose() => _database.Dispose();

    [Fact]
    public void Samples_come_in_by_their_bits_and_labels_are_sorted()
    {
        Stored(r => r
            .Series(s => s.Label("job", "j").Label("__name__", "a").Label("empty", "").Sample(Start - 2, 1.5).Sample(Start - 1, StaleMarker.Value))
            .Message(3, m => m.Varint(1, 1).Bytes(2, "a"u8.ToArray()))
            .Series(s => s.Label("__name__", "b").Sample(Start, -0.0).Message(3, e => e.Double(2, 1).Varint(3, Start))));
        var all = StorageReading.All(_database);
        Assert.Equal(["{__name__=\"a\", job=\"j\"}", "{__name__=\"b\"}"], all.Select(s => s.Labels.ToString()));
        Assert.Equal([Start - 2, Start - 1], all[0].Floats.Select(f => f.Time));
        Assert.True(StaleMarker.Is(all[0].Floats[1].Value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(all[1].Floats[0].Value));
        Assert.Equal(new RemoteWriteStats { Samples = 3, Histograms = 0, InvalidLabels = 0, Refused = 0, Exemplars = 0, ExemplarsLeftOut = 1 }, _receiver.Stats());
    }

    [Theory]
    [InlineData(-1, 7, "out of order sample")]
    [InlineData(0, 7, "duplicate sample for timestamp")]
    [InlineData(600_001, 7, "out of bounds: timestamp is too far in the future")]
    [InlineData(-40L * 24 * 3600 * 1000, 7, "out of bounds")]
    public void One_refused_sample_rolls_the_whole_request_back(long offset, double value, string error)
    {
        Stored(r => r.Series(s => s.Label("__name__", "a").Sample(Start, 1)));
        var outcome = Write(r => r
            .Series(s => s.Label("__name__", "b").Sample(Start, 2))
            .Series(s => s.Label("__name__", "a").Sample(Start + offset, value))
            .Series(s => s.Label("__name__", "c").Sample(Start, 2)));
        Assert.Equal(new WriteOutcome(WriteStatus.Refused, error, 0, 0), outcome);
        Assert.Equal("a", Assert.Single(StorageReading.All(_database)).Labels.Name);

        // The very same sample again is no fault.
        Stored(r => r.Series(s => s.Label("__name__", "a").Sample(Start, 1)));
    }

    [Fact]
    public void Series_with_invalid_labels_are_left_out_and_counted()
    {
        for (var i = 0; i < 2; i++)
        {
            var at = Start + i;
            Stored(r => r
                .Series(s => s.Label("job", "nameless").Sample(at, 1))
                .Series(s => s.Sample(at, 1))
                .Series(s => s.Label("__name__", "").Sample(at, 1))
                .Series(s => s.Label("__name__", "twice").Label("a", "1").Label("a", "2").Sample(at, 1))
                .Series(s => s.Label("__name__", "x").Label("", "v").Sample(at, 1))
                .Series(s => s.Label("__name__", "x").Message(1, l => l.Bytes(1, "a"u8.ToArray()).Bytes(2, [0xFF])).Sample(at, 1))
                .Series(s => s.Label("__name__", "good.näme").Label("ünï", "code").Sample(at, 1)));
        }

        Assert.Equal("{__name__=\"good.näme\", \"ünï\"=\"code\"}", Assert.Single(StorageReading.All(_database)).Labels.ToString());
        Assert.Equal(12, _receiver.Stats().InvalidLabels);
    }

    [Fact]
    public void Fields_may_come_in_any_order_and_in_pieces()
    {
        for (var i = 0; i < 3; i++)
        {
            var at = Start + (2 * i);
            Stored(r => r
                .Series(s => s.Sample(at, 1).Label("__name__", "a").Varint(99, 5).Label("b", "c").Double(77, 1).Sample(at + 1, 2))
                .Series(s => s.Label("__name__", "d").Message(2, m => m.Varint(2, (ulong)at).Double(1, 3))));
        }

        var all = StorageReading.All(_database);
        Assert.Equal(["{__name__=\"a\", b=\"c\"}", "{__name__=\"d\"}"], all.Select(s => s.Labels.ToString()));
        Assert.Equal([1.0, 2, 1, 2, 1, 2], all[0].Floats.Select(f => f.Value));
    }

    [Fact]
    public void Native_histograms_of_whole_and_of_float_counts_come_in()
    {
        Stored(r => r
            .Series(s => s.Label("__name__", "whole").Message(4, h => Layout(h.Varint(1, 12).Varint(6, 2), h2 => h2.Packed(12, 1, 2, -1), h2 => h2.Packed(9, 4)).Varint(14, 2)))
            .Series(s => s.Label("__name__", "float").Message(4, h => Layout(h.Double(2, 12).Double(7, 2), h2 => h2.PackedDoubles(13, 1, 3, 2), h2 => h2.PackedDoubles(10, 4))))
            .Series(s => s.Label("__name__", "custom").Message(4, h => h.Varint(1, 3).Double(3, 5).ZigZag(4, -53)
                .Message(11, p => p.ZigZag(1, 0).Varint(2, 2)).Packed(12, 1, 1).Varint(15, (ulong)Start).PackedDoubles(16, 1, 2.5))));
        var all = StorageReading.All(_database);
        Assert.Equal(["custom", "float", "whole"], all.Select(s => s.Labels.Name));
        foreach (var series in all.Skip(1))
        {
            var sample = Assert.Single(series.Samples);
            Assert.Equal(Start, sample.Time);
            var histogram = sample.Histogram!;
            Assert.Equal((12.0, 18.5, 1, 0.001, 2.0), (histogram.Count, histogram.Sum, histogram.Schema, histogram.ZeroThreshold, histogram.ZeroCount));
            Assert.Equal([1.0, 3, 2], histogram.PositiveBuckets);
            Assert.Equal([4.0], histogram.NegativeBuckets);
            Assert.Equal(2, histogram.PositiveSpans.Length);
            Assert.Equal((3, 1u), (histogram.PositiveSpans[1].Offset, (uint)histogram.PositiveSpans[1].Length));
        }

        Assert.Equal([1.0, 2.5], all[0].Samples[0].Histogram!.CustomValues);
        Assert.Equal(3, _receiver.Stats().Histograms);

        static WriteRequestBytes Layout(WriteRequestBytes h, Func<WriteRequestBytes, WriteRequestBytes> positive, Func<WriteRequestBytes, WriteRequestBytes> negative) =>
            negative(positive(h.Double(3, 18.5).ZigZag(4, 1).Double(5, 0.001).Message(8, p => p.ZigZag(1, -2).Varint(2, 1)))
                .Message(11, p => p.ZigZag(1, 0).Varint(2, 2)).Message(11, p => p.ZigZag(1, 3).Varint(2, 1))).Varint(15, (ulong)Start);
    }

    [Fact]
    public void A_histogram_that_contradicts_itself_is_refused()
    {
        var outcome = Write(r => r.Series(s => s.Label("__name__", "h").Message(4, h => h.Varint(1, 3).Message(11, p => p.ZigZag(1, 0).Varint(2, 5)).Packed(12, 1).Varint(15, (ulong)Start))));
        Assert.Equal(WriteStatus.Refused, outcome.Status);
        Assert.Contains("histogram spans specify different number of buckets than provided", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(StorageReading.All(_database));
    }

    [Fact]
    public void A_request_cut_anywhere_stores_nothing_or_a_clean_part_of_it_and_bad_bits_never_escape()
    {
        var bytes = Bytes(r => r
            .Series(s => s.Label("__name__", "a").Sample(Start, 1))
            .Series(s => s.Label("__name__", "h").Message(4, h => h.Varint(1, 3).Message(11, p => p.ZigZag(1, 0).Varint(2, 1)).Packed(12, 3).Varint(15, (ulong)Start))));
        for (var length = 0; length < bytes.Length; length++)
        {
            var receiver = new RemoteWriteReceiver(new InMemoryStorage(), _time);
            Assert.InRange(receiver.Write(bytes.AsSpan(0, length)).Status, WriteStatus.Stored, WriteStatus.Malformed);
        }

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            new RemoteWriteReceiver(new InMemoryStorage(), _time).Write(damaged);
        }
    }

    [Fact]
    public void A_series_that_the_store_dropped_is_brought_back_by_its_labels()
    {
        var storage = new InMemoryStorage();
        var changing = new ChangingStorage(storage);
        var receiver = new RemoteWriteReceiver(changing, _time);
        Assert.Equal(WriteStatus.Stored, receiver.Write(Bytes(r => r.Series(s => s.Label("__name__", "a").Sample(Start, 1)))).Status);
        changing.Storage = storage = new InMemoryStorage();
        Assert.Equal(WriteStatus.Stored, receiver.Write(Bytes(r => r.Series(s => s.Label("__name__", "a").Sample(Start + 1, 2)))).Status);
        Assert.Equal("a", Assert.Single(StorageReading.All(storage)).Labels.Name);
    }

    [Fact]
    public void Random_requests_leave_what_a_simple_model_says()
    {
        var sample = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 20], Gen.Double);
        Gen.Select(sample.Array[1, 8].Array[1, 10], Gen.Int[8, 64]).Sample((requests, _) =>
        {
            using var database = Database.InMemory(new DatabaseOptions(), _time);
            var receiver = new RemoteWriteReceiver(database, _time);
            var model = new SortedDictionary<int, SortedDictionary<long, long>>();
            foreach (var request in requests)
            {
                var next = new SortedDictionary<int, SortedDictionary<long, long>>(model.ToDictionary(m => m.Key, m => new SortedDictionary<long, long>(m.Value)));
                var good = request.All(s => Take(next, s.Item1, Start + s.Item2, BitConverter.DoubleToInt64Bits(s.Item3)));
                var outcome = receiver.Write(Bytes(r =>
                {
                    foreach (var (series, time, value) in request)
                    {
                        r.Series(s => s.Label("__name__", "m").Label("series", $"{series}").Sample(Start + time, value));
                    }
                }));
                Assert.Equal(good, outcome.Status == WriteStatus.Stored);
                model = good ? next : model;
            }

            var stored = StorageReading.All(database);
            Assert.Equal(model.Where(m => m.Value.Count > 0).Select(m => $"{m.Key}"), stored.Select(s => s.Labels.Get("series")));
            foreach (var series in stored)
            {
                var expected = model[int.Parse(series.Labels.Get("series"))];
                Assert.Equal(expected.Select(e => (e.Key, e.Value)), series.Floats.Select(f => (f.Time, BitConverter.DoubleToInt64Bits(f.Value))));
            }
        }, iter: 300);

        static bool Take(SortedDictionary<int, SortedDictionary<long, long>> model, int series, long time, long bits)
        {
            if (!model.TryGetValue(series, out var samples))
            {
                model.Add(series, samples = []);
            }

            return samples.TryGetValue(time, out var there) ? there == bits : (samples.Count == 0 || samples.Last().Key < time) && samples.TryAdd(time, bits);
        }
    }

    [Fact]
    public void A_sample_of_a_known_series_allocates_nothing()
    {
        const int Series = 1000;
        var at = Start - 100_000;
        var requests = Enumerable.Range(0, 60).Select(n => Bytes(r =>
        {
            for (var i = 0; i < Series; i++)
            {
                r.Series(s => s.Label("__name__", "m").Label("instance", "host:9100").Label("series", $"{i}").Sample(at + n, i + n));
            }
        })).ToArray();
        var next = 0;
        var least = Allocations.Least(() => Assert.Equal(WriteStatus.Stored, _receiver.Write(requests[next++]).Status), rounds: 60);

        // A request may cost an appender and the test's own look at the answer: less than a byte for each sample.
        Assert.InRange(least, 0, Series - 1);
    }

    [Fact]
    public void The_cache_forgets_what_nobody_asks_for_and_keeps_the_rest()
    {
        var cache = new SeriesCache(160);
        var kept = cache.KeyOf("kept"u8);
        cache.Put(kept, 7);
        for (var i = 0; i < 10_000; i++)
        {
            cache.Put(cache.KeyOf(BitConverter.GetBytes(i)), (ulong)i + 10);
            Assert.True(cache.TryFind(kept, out var reference));
            Assert.Equal(7ul, reference);
        }

        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => cache.TryFind(cache.KeyOf(BitConverter.GetBytes(i)), out _)), 1, 1000);
    }

    private static byte[] Bytes(Action<WriteRequestBytes> write)
    {
        var request = new WriteRequestBytes();
        write(request);
        return request.ToArray();
    }

    private WriteOutcome Write(Action<WriteRequestBytes> write) => _receiver.Write(Bytes(write));

    private void Stored(Action<WriteRequestBytes> write)
    {
        var outcome = Write(write);
        Assert.True(outcome.Status == WriteStatus.Stored, outcome.Error);
    }

    private sealed class ChangingStorage(IAppendableStorage storage) : IAppendableStorage
    {
        public IAppendableStorage Storage { get; set; } = storage;

        public long DurableSourcePosition => 0;

        public IAppender Appender() => Storage.Appender();
    }
}
