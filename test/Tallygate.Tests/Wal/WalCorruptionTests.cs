using System.Text;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Wal;

/// <summary>Damage to what was acknowledged stops the start; only an unfinished end is ever cut.</summary>
public sealed class WalCorruptionTests
{
    private const string Folder = "/log";

    private static readonly string First = Path.Combine(Folder, SegmentName.Of(1));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_a_sealed_log_no_bit_can_turn_over_unnoticed(bool severalSegments)
    {
        var files = Log(severalSegments ? 150 : 100_000, seal: true);
        var refused = 0;
        foreach (var name in files.List(Folder).Order())
        {
            var path = Path.Combine(Folder, name);
            var length = files.Bytes(path).Length;
            for (var offset = 0; offset < length; offset++)
            {
                var damaged = Copy(files);
                damaged.Flip(path, offset, (byte)(1 << (offset % 8)));
                try
                {
                    Assert.Equal(All, Open(damaged));
                }
                catch (WalCorruptionException e)
                {
                    refused++;
                    Assert.Equal(path, e.File);
                    Assert.InRange(e.Offset, 0, offset);
                    Assert.Contains($"{path} is damaged at byte {e.Offset}", e.Message);
                }
            }
        }

        // Everything but the last seal, or the last segment's bare header, is needed.
        Assert.True(refused >= files.List(Folder).Sum(n => files.Bytes(Path.Combine(Folder, n)).Length) - 64);
    }

    [Fact]
    public void Before_the_seal_only_the_last_batch_can_be_taken_for_unfinished()
    {
        var files = Log(100_000, seal: false);
        var length = files.Bytes(First).Length;
        var cut = 0;
        for (var offset = 0; offset < length; offset++)
        {
            var damaged = Copy(files);
            damaged.Flip(First, offset, 0x10);
            try
            {
                Assert.Equal(All[..^2], Open(damaged));
                cut++;
            }
            catch (WalCorruptionException e)
            {
                Assert.InRange(e.Offset, 0, offset);
            }
        }

        Assert.Equal(32 + (2 * 24), cut);
    }

    [Fact]
    public void A_file_cut_anywhere_after_the_last_mark_gives_whole_batches()
    {
        var files = Log(100_000, seal: false);
        var bytes = files.Bytes(First);
        var last = bytes.Length - (32 + (2 * 24));
        for (var length = 0; length <= bytes.Length; length++)
        {
            var cut = Copy(files);
            cut.Put(First, bytes.AsSpan(0, length));
            if (length == bytes.Length)
            {
                Assert.Equal(All, Open(cut));
            }
            else if (length >= last)
            {
                Assert.Equal(All[..^2], Open(cut));
                Assert.Equal(All[..^2], Open(cut));
            }
        }
    }

    [Fact]
    public void A_missing_segment_is_named()
    {
        var files = Log(100, seal: true);
        var lost = Path.Combine(Folder, SegmentName.Of(2));
        files.Delete(lost);
        Assert.Equal(lost, Assert.Throws<WalCorruptionException>(() => Open(files)).File);
    }

    [Fact]
    public void A_segment_of_another_log_or_under_another_name_is_refused()
    {
        var files = Log(100_000, seal: true);
        Assert.Contains("another kind of log", Assert.Throws<WalCorruptionException>(() => WalWriter.Open(Folder, new WalOptions { Tag = 9 }, files)).Message);
        files.Put(Path.Combine(Folder, SegmentName.Of(7)), files.Bytes(First));
        Assert.Contains("renamed", Assert.Throws<WalCorruptionException>(() => Open(files)).Message);
    }

    [Fact]
    public void A_refused_log_is_left_as_it_was()
    {
        var files = Log(150, seal: true);
        files.Flip(First, 100, 1);
        var before = files.List(Folder).Order().Select(n => Convert.ToHexString(files.Bytes(Path.Combine(Folder, n)))).ToArray();
        Assert.Throws<WalCorruptionException>(() => Open(files));
        Assert.Equal(before, files.List(Folder).Order().Select(n => Convert.ToHexString(files.Bytes(Path.Combine(Folder, n)))));
    }

    [Fact]
    public void A_payload_that_looks_like_a_batch_does_not_make_a_torn_tail_corruption()
    {
        // The forger knows the format and everything about the log but its salt.
        var forged = Log(100_000, seal: true, salt: 1);
        var files = new SimulatedFileSystem(0);
        using (var writer = WalWriter.Open(Folder, new WalOptions { Salt = () => 2 }, files))
        {
            writer.Append(Batch("a"));
            var batch = new WalBatch();
            batch.Add(1, forged.Bytes(First));
            writer.Append(batch);
            var bytes = files.Bytes(First);
            files.Put(First, bytes.AsSpan(0, bytes.Length - 8));
        }

        files.Restart();
        files.Put(First, files.Bytes(First));
        Assert.Equal(["a"], Open(files));
    }

    [Fact]
    public void A_refused_batch_does_not_come_back_after_the_log_went_on()
    {
        var files = new SimulatedFileSystem(0);
        using (var writer = WalWriter.Open(Folder, null, files))
        {
            writer.Append(Batch("a"));
            files.SyncFails = p => p == First;
            Assert.Throws<IOException>(() => writer.Append(Batch("refused")));
            Assert.Equal(1, writer.SegmentsGivenUp);
            Assert.Equal(2, writer.Append(Batch("b")));
        }

        files.SyncFails = null;
        Assert.Equal(2, files.List(Folder).Count);
        Assert.Equal(["a", "b"], Open(files));
    }

    [Fact]
    public void On_a_full_disk_appends_are_refused_until_there_is_space_and_nothing_is_lost()
    {
        var files = new SimulatedFileSystem(0);
        using (var writer = WalWriter.Open(Folder, null, files))
        {
            writer.Append(Batch("a"));
            files.Capacity = 140;
            for (var i = 0; i < 5; i++)
            {
                Assert.Contains("no space left", Assert.Throws<IOException>(() => writer.Append(Batch("refused" + i))).Message);
                Assert.Equal(1, writer.DurableSequence);
            }

            files.Capacity = null;
            Assert.Equal(2, writer.Append(Batch("b")));
        }

        Assert.Equal(["a", "b"], Open(files));
    }

    [Fact]
    public void Batches_not_yet_synced_move_to_the_new_segment_when_a_sync_fails()
    {
        var files = new SimulatedFileSystem(0);
        var writer = WalWriter.Open(Folder, new WalOptions { SyncEachBatch = false }, files);
        writer.Append(Batch("a", "b"));
        writer.Sync();
        writer.Append(Batch("c"));
        writer.Append(Batch("d", "e"));
        files.SyncFails = p => p == First;
        writer.Sync();
        Assert.Equal(5, writer.DurableSequence);
        writer.Append(Batch("f"));
        files.PowerLoss();
        files.SyncFails = null;
        Assert.Equal(["a", "b", "c", "d", "e"], Open(files)[..5]);
    }

    private static string[] All => ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"];

    private static SimulatedFileSystem Log(long segmentBytes, bool seal, ulong salt = 42)
    {
        var files = new SimulatedFileSystem(0);
        using var writer = WalWriter.Open(Folder, new WalOptions { SegmentBytes = segmentBytes, Salt = () => salt }, files);
        for (var i = 0; i < 4; i++)
        {
            writer.Append(Batch($"a{i}", $"b{i}"));
            if (i == 1)
            {
                writer.Seal();
            }
        }

        if (seal)
        {
            writer.Seal();
        }

        return Copy(files);
    }

    private static SimulatedFileSystem Copy(SimulatedFileSystem files)
    {
        var copy = new SimulatedFileSystem(0);
        foreach (var name in files.List(Folder))
        {
            var path = Path.Combine(Folder, name);
            copy.Put(path, files.Bytes(path));
        }

        return copy;
    }

    private static string[] Open(SimulatedFileSystem files)
    {
        var found = new List<string>();
        using var writer = WalWriter.Open(Folder, null, files, (_, _, p) => found.Add(Encoding.UTF8.GetString(p)));
        return [.. found];
    }

    private static WalBatch Batch(params string[] payloads)
    {
        var batch = new WalBatch();
        foreach (var payload in payloads)
        {
            batch.Add(1, Encoding.UTF8.GetBytes(payload));
        }

        return batch;
    }
}
