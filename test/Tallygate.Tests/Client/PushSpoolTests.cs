using System.Text;
using Tallygate.Client;
using Tallygate.Client.Spool;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Client;

/// <summary>What the spool holds survives, and damage is told.</summary>
public sealed class PushSpoolTests
{
    [Fact]
    public void A_push_comes_back_as_it_went_in()
    {
        var spool = new PushSpool("/spool", new SimulatedFileSystem(1));
        var push = Push(1_700_000_000_123_456_789) with
        {
            RunId = "r 1",
            RunState = "failed",
            Headers = [new("X-A", "b: c"), new("Tallygate-Other", "1")],
            Body = Encoding.UTF8.GetBytes("# TYPE a gauge\n\na{b=\"ü\"} 1\n"),
        };
        var back = spool.Read(spool.Add(push).Name).Push;
        Assert.Equal(push.Body.ToArray(), back.Body.ToArray());
        Assert.Equal(push.Headers, back.Headers);
        Assert.Equal(push with { Body = default, Headers = [] }, back with { Body = default, Headers = [] });
    }

    [Fact]
    public void They_wait_in_the_order_of_their_times()
    {
        var spool = new PushSpool("/spool", new SimulatedFileSystem(1));
        foreach (var time in (long[])[50, 1_000_000_000_000, 7])
        {
            spool.Add(Push(time));
        }

        Assert.Equal([7, 50, 1_000_000_000_000], spool.Names().Select(n => spool.Read(n).Push.TimeNs));
    }

    [Fact]
    public void After_a_power_loss_all_that_was_added_is_there()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = new SimulatedFileSystem(seed);
            var spool = new PushSpool("/spool", disk);
            var kept = Enumerable.Range(0, 5).Select(i => spool.Add(Push(i + 1)).Name).ToList();
            spool.Remove(kept[2]);
            kept.RemoveAt(2);
            disk.PowerLoss();
            var after = new PushSpool("/spool", disk);
            Assert.Equal(kept, after.Names());
            Assert.All(kept, name => Assert.Equal("a 1\n", Encoding.UTF8.GetString(after.Read(name).Push.Body.Span)));
        }
    }

    [Fact]
    public void Each_flipped_bit_and_each_cut_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("tallygate-spool-").FullName;
        try
        {
            var spool = new PushSpool(folder, DiskFileSystem.Instance);
            var name = spool.Add(Push(5) with { RunId = "r" }).Name;
            var path = Path.Combine(folder, name);
            var whole = File.ReadAllBytes(path);
            for (var i = 0; i < whole.Length; i++)
            {
                var bytes = whole.ToArray();
                bytes[i] ^= (byte)(1 << (i % 8));
                File.WriteAllBytes(path, bytes);
                Assert.Contains(path, Assert.Throws<SpoolDamagedException>(() => spool.Read(name)).Message, StringComparison.Ordinal);
                File.WriteAllBytes(path, whole[..i]);
                Assert.Throws<SpoolDamagedException>(() => spool.Read(name));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Only_one_delivers_at_a_time()
    {
        var disk = new SimulatedFileSystem(1);
        using (new PushSpool("/spool", disk).TryLock())
        {
            Assert.Null(new PushSpool("/spool", disk).TryLock());
        }

        using var free = new PushSpool("/spool", disk).TryLock();
        Assert.NotNull(free);
    }

    internal static OutgoingPush Push(long time, string server = "http://127.0.0.1:1") => new()
    {
        Target = new PushTarget(server, "/metrics/job/j"),
        Method = PushMethod.Put,
        TimeNs = time,
        IdempotencyKey = $"k{time}",
        Body = "a 1\n"u8.ToArray(),
    };
}
