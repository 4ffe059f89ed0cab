using CsCheck;
using Tallygate.Exposition;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Testing;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.PushLog;

public sealed class PushRecordCodecTests
{
    private static readonly Utf8StringPool Strings = new();

    [Fact]
    public void Any_record_comes_back_equal() => Gen.Select(
            Gen.Enum<PushVerb>(), Gen.Enum<PushVerdict>(), Gen.Long, Gen.Long, Gen.Long[0, long.MaxValue],
            Gen.String.Null(), Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 9], Gen.String[0, 300])[0, 5], Gen.Int[0, 3])
        .Sample((verb, verdict, received, stamp, suppressed, reason, labels, metrics) =>
        {
            var record = new PushRecord
            {
                Verb = verb,
                Verdict = verdict,
                ReceivedUnixNano = received,
                Stamp = stamp,
                Suppressed = suppressed,
                Reason = reason is null ? null : Clean(reason),
                GroupingKey = Labels.From([.. labels.Select(l => new Label(l.Key, Clean(l.Value)))]),
                Families = metrics == 0 ? [] : Records.Push(1, metrics).Families,
            };
            var bytes = Convert.FromHexString(Records.Bytes(record));
            Assert.True(PushRecordCodec.TryRead(PushRecordCodec.Version, bytes, Strings, out var read, out _));
            Assert.Equal((verb, verdict, received, stamp, suppressed), (read.Verb, read.Verdict, read.ReceivedUnixNano, read.Stamp, read.Suppressed));
            Assert.Equal((record.Reason, record.GroupingKey), (read.Reason, read.GroupingKey));
            Assert.Equal(Records.Bytes(record), Records.Bytes(read));
        });

    [Fact]
    public void What_is_cut_short_or_unknown_is_refused_with_a_reason()
    {
        foreach (var record in Records.All(Records.Push(1)))
        {
            var bytes = Convert.FromHexString(Records.Bytes(record));
            for (var length = 0; length < 20; length++)
            {
                Assert.False(PushRecordCodec.TryRead(PushRecordCodec.Version, bytes.AsSpan(0, length), Strings, out _, out var error));
                Assert.NotEmpty(error);
            }

            Assert.False(PushRecordCodec.TryRead(3, bytes, Strings, out _, out var version));
            Assert.Contains("version 3", version);
            Assert.False(PushRecordCodec.TryRead(0, bytes, Strings, out _, out _));
            foreach (var (at, value) in new[] { (0, 0), (0, 77), (1, 0), (1, 9), (3, 1), (3, 0x80) })
            {
                var changed = bytes.ToArray();
                changed[at] = (byte)value;
                Assert.False(PushRecordCodec.TryRead(PushRecordCodec.Version, changed, Strings, out _, out _));
            }
        }
    }

    [Fact]
    public void Damaged_bytes_never_throw() => Gen.Select(Gen.Int[0, 4], Gen.Int[0, 400], Gen.Byte, Gen.Byte.Array[0, 60]).Sample((which, at, value, noise) =>
    {
        var bytes = Convert.FromHexString(Records.Bytes(Records.All(Records.Push(1, 2))[which]));
        bytes[at % bytes.Length] = value;
        _ = PushRecordCodec.TryRead(1, bytes, Strings, out _, out _);
        _ = PushRecordCodec.TryRead(2, bytes, Strings, out _, out _);
        _ = PushRecordCodec.TryRead(1, [1, 1, 0, 0, .. noise], Strings, out _, out _);
        _ = PushRecordCodec.TryRead(2, [1, 1, value, 0, .. noise], Strings, out _, out _);
    });

    [Fact]
    public void Whatever_a_push_says_of_itself_comes_back_equal() => Gen.Select(
            Gen.Byte, Gen.ULong, Gen.String[Gen.Char.AlphaNumeric, 0, 300].Null(), Gen.Enum<RunState>(), Gen.Long[0, long.MaxValue],
            Gen.String[Gen.Char.AlphaNumeric, 0, 40].Null(), Gen.Byte.Array[0, 50])
        .Sample((there, key, run, state, time, client, body) =>
        {
            var terms = new PushTerms
            {
                Key = (there & 1) == 0 ? null : new PushKey(new UInt128(key, ~key), key),
                RunId = run,
                State = state,
                PushTimeUnixNano = (there & 2) == 0 ? null : -time,
                TimeToLiveMs = (there & 4) == 0 ? null : time,
                BySeries = (there & 8) != 0,
            };
            var record = new PushRecord
            {
                Verb = PushVerb.Replace,
                Verdict = PushVerdict.Accepted,
                ReceivedUnixNano = 1,
                GroupingKey = Labels.Of("job", "x"),
                Terms = terms,
                Client = client is null ? null : new PushClient(client, client + "/1.0"),
                Body = body,
                Families = body.Length > 0 ? [] : Records.Push(1).Families,
            };
            var bytes = Convert.FromHexString(Records.Bytes(record));
            Assert.True(PushRecordCodec.TryRead(PushRecordCodec.Version, bytes, Strings, out var read, out _));
            Assert.Equal(terms == new PushTerms() ? null : terms, read.Terms);
            Assert.Equal(record.Client, read.Client);
            Assert.Equal(body, read.Body.ToArray());
            Assert.Equal(record.Families.Count, read.Families.Count);
            Assert.Equal(Records.Bytes(record), Records.Bytes(read));
        });

    [Fact]
    public void An_entry_of_version_1_is_read()
    {
        const string Old =
            "01010000" + "15CD853DFE9C9717" + "7C68E5CF8B010000" + "0001" + "036A6F62" + "076E696768746C79"
            + "400A117265636F7264735F70726F636573736564180122290A0C0A08696E7374616E636512000A0E0A036A6F6212076E696768746C7912090900000000000045"
            + "40";
        Assert.True(PushRecordCodec.TryRead(1, Convert.FromHexString(Old), Strings, out var read, out var error), error);
        Assert.Equal(Records.Bytes(Example), Records.Bytes(read));
        var flagged = Convert.FromHexString(Old);
        flagged[2] = 64;
        Assert.False(PushRecordCodec.TryRead(1, flagged, Strings, out _, out _));
        Assert.True(PushRecordCodec.TryRead(2, flagged, Strings, out _, out _));
    }

    [Fact]
    public void Encoding_allocates_nothing_per_push()
    {
        var record = Records.Push(1, metrics: 15);
        using var batch = new WalBatch();
        var least = Allocations.Least(() =>
        {
            batch.Clear();
            for (var n = 0; n < 10; n++)
            {
                batch.BeginRecord(PushRecordCodec.Version);
                PushRecordCodec.Write(batch, record);
                batch.EndRecord();
            }
        }, rounds: 200);

        Assert.Equal(0, least);
    }

    [Fact]
    public void The_example_of_the_format_page_is_this_very_log()
    {
        var page = File.ReadAllText(Path.Combine(Corpora.Root, "docs", "formats", "push-log.md"));
        var hex = page[page.IndexOf("```hex", StringComparison.Ordinal)..].Split("```")[1].Split('\n').Skip(1)
            .Select(line => line.Split('#')[0]);
        var bytes = Convert.FromHexString(string.Concat(hex).Replace(" ", ""));
        var files = new SimulatedFileSystem(1);
        using (var writer = WalWriter.Open("/log", new WalOptions { Salt = () => 0x1122334455667788, Tag = 0x48535550 }, files))
        {
            using var batch = new WalBatch();
            batch.BeginRecord(PushRecordCodec.Version);
            PushRecordCodec.Write(batch, Example);
            batch.EndRecord();
            writer.Append(batch);
            writer.Seal();
        }

        var path = Path.Combine("/log", SegmentName.Of(1));
        Assert.Equal(Convert.ToHexString(files.Bytes(path)), Convert.ToHexString(bytes));
        files.Put(path, bytes);
        PushRecord? read = null;
        using (WalWriter.Open("/log", new WalOptions { Tag = 0x48535550 }, files, (sequence, version, payload) =>
        {
            Assert.Equal(1, sequence);
            Assert.True(PushRecordCodec.TryRead(version, payload, Strings, out read, out _));
        }))
        {
            Assert.Equal(Records.Bytes(Example), Records.Bytes(read!));
        }
    }

    private static PushRecord Example => new()
    {
        Verb = PushVerb.Replace,
        Verdict = PushVerdict.Accepted,
        ReceivedUnixNano = 1_700_000_000_123_456_789,
        Stamp = 1_700_000_000_124,
        GroupingKey = Labels.Of("job", "nightly"),
        Families =
        [
            new MetricFamily
            {
                Name = "records_processed",
                Type = MetricType.Gauge,
                Metrics = [new Metric { Labels = Labels.Of("instance", "", "job", "nightly"), Payload = MetricPayload.Gauge, Value = 42 }],
            },
        ],
    };

    // What the codec is given is text: no halves of characters.
    private static string Clean(string text) => new([.. text.Where(c => !char.IsSurrogate(c))]);
}
