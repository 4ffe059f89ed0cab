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

    /// <summary>A file as version 1 was written, to the byte.</summary>
    [Fact]
    public void A_push_of_version_1_is_read()
    {
        const string Hex =
            "74616C6C7967617465207075736820312038623963653937333565323131386134383337626665376564353964626433303861613865663866626163"
            + "3064363134656161623537633035623331383662320A7365727665723A20687474703A2F2F3132372E302E302E313A310A706174683A202F6D657472"
            + "6963732F6A6F622F6A0A6D6574686F643A205055540A74696D653A20350A6B65793A206B350A747970653A20746578742F706C61696E3B2076657273"
            + "696F6E3D302E302E343B20636861727365743D7574662D380A72756E3A20720A73746174653A206661696C65640A6865616465723A20582D413A2062"
            + "0A0A6120310A";
        var disk = new SimulatedFileSystem(1);
        disk.Put("/spool/1.push", Convert.FromHexString(Hex));
        var push = new PushSpool("/spool", disk).Read("1.push").Push;
        Assert.Equal(("http://127.0.0.1:1", "/metrics/job/j", PushMethod.Put, 5L, "k5"), (push.Target.Server, push.Target.Path, push.Method, push.TimeNs, push.IdempotencyKey));
        Assert.Equal(("r", "failed", "X-A", "b"), (push.RunId, push.RunState, push.Headers.Single().Key, push.Headers.Single().Value));
        Assert.Equal("a 1\n", Encoding.UTF8.GetString(push.Body.Span));
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
