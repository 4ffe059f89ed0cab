using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Remote;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Remote;

/// <summary>What remote write brings beside samples.</summary>
public sealed class RemoteNotesTests : IDisposable
{
    private const long Start = 1_800_000_000_000;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));
    private readonly Database _database;
    private readonly RemoteWriteReceiver _receiver;

    public RemoteNotesTests()
    {
        _database = Database.InMemory(DatabaseOptions.Samples with { MaxExemplars = 10, KeepMetadata = true }, _time);
        _receiver = new RemoteWriteReceiver(_database, _time);
    }

    public void Dispose() => _database.Dispose();

    private static void Exemplar(WriteRequestBytes series, string trace, double value, long time) =>
        series.Message(3, e => e.Label("trace_id", trace).Double(2, value).Varint(3, (ulong)time));

    private WriteOutcome Write(Action<WriteRequestBytes> write)
    {
        var request = new WriteRequestBytes();
        write(request);
        return _receiver.Write(request.ToArray());
    }

    private List<string> Exemplars() =>
    [
        .. _database.SelectExemplars(0, long.MaxValue, [[new LabelMatcher(MatchType.NotEqual, "__name__", "")]])
            .SelectMany(static s => s.Exemplars.Select(e => $"{s.Series.Name} {e.Labels.Get("trace_id")} {e.Value} @{e.Time - Start}")),
    ];

    [Fact]
    public void Exemplars_come_with_their_series_whether_it_is_known_or_not()
    {
        for (var i = 0; i < 3; i++)
        {
            var at = Start + i;
            Assert.Equal(WriteStatus.Stored, Write(r => r.Series(s => Exemplar(s.Label("__name__", "a").Sample(at, 1), $"t{at - Start}", 2, at))).Status);
        }

        // Alone, of a known series; before the histogram that makes their series; and of no series.
        Write(r => r.Series(s => Exemplar(s.Label("__name__", "a"), "alone", 2, Start + 5)));
        Write(r => r.Series(s =>
        {
            Exemplar(s.Label("__name__", "h"), "first", 1, Start + 1);
            s.Message(4, h => h.Varint(1, 0).Double(3, 0).ZigZag(4, 0).Varint(15, Start));
        }));
        Write(r => r.Series(s => Exemplar(s.Label("__name__", "unknown"), "lost", 1, Start)));
        Assert.Equal(["a t0 2 @0", "a t1 2 @1", "a t2 2 @2", "a alone 2 @5", "h first 1 @1"], Exemplars());
        Assert.Equal((5, 1), (_receiver.Stats().Exemplars, _receiver.Stats().ExemplarsLeftOut));
    }

    [Fact]
    public void Bad_exemplars_refuse_no_request_and_a_refused_request_leaves_none()
    {
        Assert.Equal(WriteStatus.Stored, Write(r => r.Series(s =>
        {
            Exemplar(s.Label("__name__", "a").Sample(Start, 1), new string('x', 121), 2, Start);
            Exemplar(s, "good", 2, Start + 2);
            Exemplar(s, "old", 2, Start + 1);
        })).Status);
        Assert.Equal(["a good 2 @2"], Exemplars());
        Assert.Equal(WriteStatus.Refused, Write(r => r.Series(s => Exemplar(s.Label("__name__", "a").Sample(Start - 1, 7), "refused", 2, Start + 9))).Status);
        Assert.Equal(["a good 2 @2"], Exemplars());
        Assert.Equal(
            new WriteOutcome(WriteStatus.Malformed, "unexpected EOF", 0, 0),
            Write(r => r.Series(s => s.Label("__name__", "a").Sample(Start + 1, 7).Bytes(3, [0x11, 1]))));
        Assert.Single(StorageReading.All(_database).Single().Floats);
    }

    [Fact]
    public void The_newest_of_what_senders_say_of_families_is_kept()
    {
        Write(r => r.Message(3, m => m.Varint(1, 1).Bytes(2, "a"u8.ToArray()).Bytes(4, "old"u8.ToArray()))
            .Message(3, m => m.Varint(1, 3).Bytes(2, "b"u8.ToArray()).Bytes(5, "seconds"u8.ToArray()))
            .Message(3, m => m.Varint(1, 1)));
        Write(r => r.Message(3, m => m.Varint(1, 2).Bytes(2, "a"u8.ToArray()).Bytes(4, "new"u8.ToArray())));
        FamilyDescription[] wanted = [new("a", MetricType.Gauge, "new", ""), new("b", MetricType.Histogram, "", "seconds")];
        Assert.Equal(wanted, _receiver.Metadata.OrderBy(static m => m.Family));
        Assert.Equal(wanted, _database.Metadata.OrderBy(static m => m.Family));
        Assert.Equal(WriteStatus.Malformed, Write(r => r.Bytes(3, [0x12, 9])).Status);
    }
}
