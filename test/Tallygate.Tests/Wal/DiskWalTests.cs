using System.Text;
using Tallygate.Wal;

namespace Tallygate.Tests.Wal;

/// <summary>The log on the real disk: what the simulated one cannot show.</summary>
public sealed class DiskWalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_appended_is_there_after_reopening(bool syncEachBatch)
    {
        using var folder = new DiskFolder();
        var options = new WalOptions { SyncEachBatch = syncEachBatch, SegmentBytes = 300 };
        using (var writer = WalWriter.Open(folder.Path, options))
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal((2 * i) + 1, writer.Append(Batch($"a{i}", $"b{i}")));
            }

            writer.Sync();
            Assert.Equal(40, writer.DurableSequence);
        }

        Assert.True(Directory.GetFiles(folder.Path, "*.wal").Length > 5);
        var seen = new List<string>();
        using (var writer = WalWriter.Open(folder.Path, options, replay: (s, t, p) => seen.Add($"{s}:{t}:{Encoding.UTF8.GetString(p)}")))
        {
            Assert.Null(writer.Tail);
            Assert.Equal(40, writer.LastSequence);
            using var reader = writer.ReadAfter(37);
            Assert.True(reader.Read());
            Assert.Equal("38:7:b18", $"{reader.Sequence}:{reader.Type}:{Encoding.UTF8.GetString(reader.Payload)}");
            Assert.True(reader.EndsBatch);
            Assert.True(reader.Read());
            Assert.True(reader.Read());
            Assert.False(reader.Read());
            writer.DropBefore(20);
            Assert.InRange(writer.FirstSequence, 15, 20);
        }

        Assert.Equal(40, seen.Count);
        Assert.Equal("1:7:a0", seen[0]);
        Assert.Equal("40:7:b19", seen[^1]);
        using (var writer = WalWriter.Open(folder.Path, options))
        {
            Assert.InRange(writer.FirstSequence, 15, 20);
            Assert.Equal(41, writer.Append(Batch("next")));
        }
    }

    [Fact]
    public void A_directory_is_for_one_process()
    {
        using var folder = new DiskFolder();
        using (DiskFileSystem.Instance.Lock(folder.Path))
        {
            var error = Assert.Throws<IOException>(() => DiskFileSystem.Instance.Lock(folder.Path));
            Assert.Contains(folder.Path, error.Message);
            Assert.Contains("another tallygate may be running", error.Message);
        }

        DiskFileSystem.Instance.Lock(folder.Path).Dispose();
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_named()
    {
        // Files cannot be created here, not even by root.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        var error = Assert.Throws<IOException>(() => DiskFileSystem.Instance.Lock("/proc/self/task"));
        Assert.Contains("/proc/self/task", error.Message);
        Assert.Contains("cannot write", error.Message);
    }

    private static WalBatch Batch(params string[] payloads)
    {
        var batch = new WalBatch();
        foreach (var payload in payloads)
        {
            batch.Add(7, Encoding.UTF8.GetBytes(payload));
        }

        return batch;
    }
}
