using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Testing;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Head;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>
/// A replay puts samples into the head series by series, where commits come one after the other: the head must come out the same, to the byte
/// of its snapshot.
/// </summary>
public sealed class HeadReplayTests
{
    private const uint Tag = 1;
    private static readonly HeadOptions Options = new(long.MaxValue, null, null, 7_200_000);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Soak.Rounds(full: 400, reduced: 40))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_replayed_head_is_the_head_that_the_commits_made(int seed)
    {
        var random = new Random(seed);
        var files = new SimulatedFileSystem(seed);
        files.CreateDirectory("/wal");
        using var head = new HeadBlock(Options);
        var wal = WalWriter.Open("/wal", WalOptionsOf(), files, static (_, _, _) => { });
        head.Attach(wal);
        Play(head, random);
        wal.Sync();
        var expected = SnapshotOf(head);
        wal.Dispose();

        using var again = new HeadBlock(Options);
        var replay = new HeadReplay(again, "/wal", 0, null);
        using var reopened = WalWriter.Open("/wal", WalOptionsOf(), files, replay.Visit);
        replay.Finish();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(SnapshotOf(again)));
        Assert.Equal((head.MinTime, head.MaxTime), (again.MinTime, again.MaxTime));

        // What a snapshot keeps comes back out of it.
        using var restored = new HeadBlock(Options);
        files.CreateDirectory("/copy");
        using (var image = again.Image(long.MinValue))
        {
            HeadSnapshotFile.Write(files, "/copy", image with { LogSequence = 0, SourcePosition = 0 });
        }

        HeadSnapshotFile.Read(files, "/copy", restored);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(SnapshotOf(restored)));
        Assert.Equal(head.SeriesByLabels().Select(static s => s.Labels), restored.SeriesByLabels().Select(static s => s.Labels));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Snapshots_of_older_versions_are_read(byte version)
    {
        var files = new SimulatedFileSystem(1);
        files.CreateDirectory("/s");
        using (var file = files.Create($"/s/{HeadSnapshotFile.Name}"))
        {
            WriteOld(new SnapshotFrames(file), version);
        }

        using var head = new HeadBlock(Options);
        var facts = HeadSnapshotFile.Read(files, "/s", head);
        Assert.Equal((7, version == 1 ? long.MinValue : 500), (facts.SourcePosition, facts.MinTime));
        Assert.Equal([LabelsOf(1), LabelsOf(2)], head.AllSeries().Select(static s => s.Labels));
        Assert.Equal((2000, 2000), (head.Find(1)!.Value.LastTime, head.MaxTime));
        Assert.Equal(1, head.Postings.Find("i", "2")!.Count);
        Assert.Equal(2, head.Postings.Find("__name__", "m")!.Count);
    }

    // Two series with one sample each; labels are texts in each series.
    private static void WriteOld(SnapshotFrames frames, byte version)
    {
        frames.Begin();
        RecordWriter.Byte(frames.Payload, 1);
        RecordWriter.Byte(frames.Payload, version);
        RecordWriter.Unsigned(frames.Payload, 7);
        RecordWriter.Unsigned(frames.Payload, 0);
        RecordWriter.Unsigned(frames.Payload, 2);
        if (version > 1)
        {
            RecordWriter.Signed(frames.Payload, 500);
            RecordWriter.Signed(frames.Payload, 500);
        }

        frames.EndFrame();
        RecordWriter.Byte(frames.Payload, 2);
        for (var id = 1; id <= 2; id++)
        {
            RecordWriter.Unsigned(frames.Payload, (ulong)id);
            RecordWriter.Labels(frames.Payload, LabelsOf(id));
            RecordWriter.Signed(frames.Payload, 2000);
            RecordWriter.Fixed(frames.Payload, 4L);
            RecordWriter.Unsigned(frames.Payload, 0);
            RecordWriter.Byte(frames.Payload, 1);
            RecordWriter.Signed(frames.Payload, 2000);
            RecordWriter.Signed(frames.Payload, 7_200_000);
            var bytes = new byte[64];
            var xor = XorEncoder.Begin(bytes, 2000, 4);
            RecordWriter.Unsigned(frames.Payload, 1);
            RecordWriter.Unsigned(frames.Payload, 0);
            RecordWriter.Unsigned(frames.Payload, (ulong)xor.Position);
            RecordWriter.Byte(frames.Payload, xor.Lead);
            RecordWriter.Byte(frames.Payload, xor.Trail);
            RecordWriter.Bytes(frames.Payload, bytes.AsSpan(0, xor.Length));
            RecordWriter.Unsigned(frames.Payload, 0);
            if (version > 1)
            {
                RecordWriter.Unsigned(frames.Payload, 0);
            }
        }

        frames.EndFrame();
        RecordWriter.Byte(frames.Payload, 3);
        frames.EndFrame();
    }

    private static Labels LabelsOf(int i) => Labels.Of("__name__", "m", "i", $"{i}");

    private static WalOptions WalOptionsOf() => new() { SyncEachBatch = false, Tag = Tag };

    // Scrapes at a steady pace, some series with gaps, wide jumps, stale markers, histograms; late samples, deletions, seals.
    private static void Play(HeadBlock head, Random random)
    {
        var series = random.Next(1, 12);
        var time = 1_000_000L * random.Next(1, 100_000);
        var commits = random.Next(1, 700);
        for (var commit = 0; commit < commits; commit++)
        {
            time += random.Next(20) == 0 ? random.Next(1, 400_000) : 15_000;
            if (random.Next(60) == 0)
            {
                head.Seal(time - random.Next(0, 7_200_000));
            }

            if (random.Next(60) == 0)
            {
                head.Delete([.. head.AllSeries().Select(static s => s.Id).Where(_ => random.Next(3) == 0)], time - 900_000, time - 600_000);
            }

            using var appender = head.Appender(time);
            for (var i = 0; i < series + (commit / 50); i++)
            {
                if (random.Next(15) > 0)
                {
                    Append(appender, random, i, random.Next(40) == 0 ? time - random.Next(1, 3_000_000) : time);
                }
            }

            appender.Commit();
        }
    }

    private static void Append(IAppender appender, Random random, int i, long time)
    {
        var labels = Labels.Of("__name__", $"m{i % 3}", "i", $"{i}");
        SeriesRef reference = default;
        if (random.Next(120) == 0)
        {
            appender.Append(ref reference, labels, time, new FloatHistogram { Count = random.Next(9), Sum = 1 });
        }
        else if (random.Next(200) == 0)
        {
            appender.Append(ref reference, labels, time, time, time - 1000);
        }
        else
        {
            appender.Append(ref reference, labels, time, ValueOf(random, i, time));
            if (random.Next(30) == 0)
            {
                // A second sample of the series in one commit.
                appender.Append(ref reference, labels, time + 1, ValueOf(random, i, time));
            }
        }
    }

    private static double ValueOf(Random random, int i, long time) => (i % 4, random.Next(25)) switch
    {
        (_, 0) => BitConverter.Int64BitsToDouble(StaleMarker.Bits),
        (_, 1) => double.PositiveInfinity,
        (0, _) => 7,
        (1, _) => time / 15_000,
        (2, _) => random.NextDouble(),
        _ => random.Next(1000) / 8.0,
    };

    private static byte[] SnapshotOf(HeadBlock head)
    {
        var files = new SimulatedFileSystem(1);
        files.CreateDirectory("/s");
        using (var image = head.Image(long.MinValue))
        {
            HeadSnapshotFile.Write(files, "/s", image with { LogSequence = 0, SourcePosition = 0 });
        }

        using var file = files.Open($"/s/{HeadSnapshotFile.Name}", writable: false);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }
}
