using System.Text;
using Tallygate.Testing;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Wal;

/// <summary>
/// Thousands of lives and deaths of a log on the simulated disk: whatever fails and wherever the process dies, what comes back is
/// whole batches, in order, all that was acknowledged, and at most the one batch that was under way.
/// </summary>
public sealed class WalCrashTests
{
    private const string Folder = "/log";

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void No_synced_batch_is_lost_and_no_batch_is_torn(int seed, bool faults)
    {
        for (var round = 0; round < Soak.Rounds(full: 4000, reduced: 60); round++)
        {
            var random = new Random((seed * 100_003) + round);
            var files = new SimulatedFileSystem(random.Next());
            var truth = new List<string>();
            for (var life = 0; life < 6; life++)
            {
                LiveSynced(files, random, truth, faults, $"seed {seed}, round {round}, life {life}");
            }
        }
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Without_a_sync_per_batch_a_power_loss_takes_at_most_what_was_not_synced(int seed, bool faults)
    {
        for (var round = 0; round < Soak.Rounds(full: 4000, reduced: 60); round++)
        {
            var random = new Random((seed * 100_003) + round);
            var files = new SimulatedFileSystem(random.Next());
            var truth = new List<string[]>();
            for (var life = 0; life < 6; life++)
            {
                LiveUnsynced(files, random, truth, faults, $"seed {seed}, round {round}, life {life}");
            }
        }
    }

    private static void LiveSynced(SimulatedFileSystem files, Random random, List<string> truth, bool faults, string where)
    {
        // Batches that were refused, but that nothing yet keeps from coming back if the process dies.
        var mayBe = new List<string[]>();
        var options = new WalOptions { SegmentBytes = random.Next(200, 6000) };
        files.DiesAt = random.Next(3) == 0 ? random.Next(12) : random.Next(400);
        try
        {
            using var writer = WalWriter.Open(Folder, options, files);
            var now = 0L;
            while (true)
            {
                SetFaults(files, random, faults);
                now += random.Next(1500);
                if (random.Next(3) == 0)
                {
                    Try(() => writer.Step(now));
                }

                var payloads = Payloads(random, truth.Count);
                mayBe.Add(payloads);
                try
                {
                    Assert.Equal(truth.Count + 1, writer.Append(Batch(payloads)));
                    truth.AddRange(payloads);
                    mayBe.Clear();
                }
                catch (IOException)
                {
                    Assert.Equal(truth.Count, writer.LastSequence);
                }

                Assert.Equal(truth.Count, writer.DurableSequence);
                if (random.Next(30) == 0)
                {
                    Assert.Equal(truth, Read(writer, 0));
                }

                if (random.Next(60) == 0)
                {
                    Calm(files);
                    writer.Seal();
                    mayBe.Clear();
                    writer.Dispose();
                    break;
                }
            }
        }
        catch (SimulatedCrashException)
        {
        }

        Calm(files);
        if (random.Next(2) == 0)
        {
            files.Restart();
        }
        else
        {
            files.PowerLoss();
        }

        var found = Reopen(files, options, where);
        Assert.True(found.Count >= truth.Count && found.Take(truth.Count).SequenceEqual(truth), $"{where}: an acknowledged batch is gone");
        var rest = found.Skip(truth.Count).ToArray();
        Assert.True(rest.Length == 0 || mayBe.Any(b => b.SequenceEqual(rest)), $"{where}: a torn or refused batch came back");
        truth.AddRange(rest);
    }

    private static void LiveUnsynced(SimulatedFileSystem files, Random random, List<string[]> truth, bool faults, string where)
    {
        var synced = truth.Count;
        string[]? underWay = null;
        var faulted = false;
        var options = new WalOptions { SegmentBytes = random.Next(200, 6000), SyncEachBatch = false };
        files.DiesAt = random.Next(3) == 0 ? random.Next(12) : random.Next(400);
        try
        {
            using var writer = WalWriter.Open(Folder, options, files);
            var now = 0L;
            while (true)
            {
                SetFaults(files, random, faults);
                faulted |= files.SyncFails is not null || files.Capacity is not null;
                now += random.Next(1500);
                underWay = null;
                if (random.Next(5) == 0 && Try(() => writer.Step(now)))
                {
                    Assert.Equal(writer.LastSequence, writer.DurableSequence);
                    synced = truth.Count;
                }

                underWay = Payloads(random, truth.Sum(b => b.Length));
                if (Try(() => writer.Append(Batch(underWay))))
                {
                    truth.Add(underWay);
                }
                else
                {
                    underWay = null;
                }

                Assert.Equal(truth.Sum(b => b.Length), writer.LastSequence);
                if (random.Next(60) == 0)
                {
                    Calm(files);
                    writer.Seal();
                    synced = truth.Count;
                    writer.Dispose();
                    break;
                }
            }
        }
        catch (SimulatedCrashException)
        {
        }

        Calm(files);
        var kill = random.Next(2) == 0;
        if (kill)
        {
            files.Restart();
            synced = faulted ? synced : truth.Count;
        }
        else
        {
            files.PowerLoss();
        }

        var found = Reopen(files, options, where);
        if (underWay is not null && (truth.Count == 0 || !ReferenceEquals(truth[^1], underWay)))
        {
            truth.Add(underWay);
        }

        var kept = 0;
        var records = 0;
        while (kept < truth.Count && records < found.Count)
        {
            Assert.True(found.Skip(records).Take(truth[kept].Length).SequenceEqual(truth[kept]), $"{where}: batch {kept} is torn or wrong");
            records += truth[kept].Length;
            kept++;
        }

        Assert.Equal(found.Count, records);
        Assert.True(kept >= synced, $"{where}: {kept} batches left of {synced} synced");
        truth.RemoveRange(kept, truth.Count - kept);
    }

    private static void SetFaults(SimulatedFileSystem files, Random random, bool faults)
    {
        if (!faults)
        {
            return;
        }

        var roll = random.Next(20);
        if (roll == 0)
        {
            files.SyncFails = _ => random.Next(3) == 0;
        }
        else if (roll == 1)
        {
            files.Capacity = random.Next(20_000);
        }
        else if (roll < 8)
        {
            Calm(files);
        }
    }

    private static void Calm(SimulatedFileSystem files)
    {
        files.SyncFails = null;
        files.Capacity = null;
    }

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (IOException e) when (e is not WalCorruptionException)
        {
            return false;
        }
    }

    private static List<string> Reopen(SimulatedFileSystem files, WalOptions options, string where)
    {
        var found = new List<string>();
        try
        {
            using var writer = WalWriter.Open(Folder, options, files, (_, _, p) => found.Add(Encoding.UTF8.GetString(p)));
            Assert.Equal(found.Count, writer.DurableSequence);
            Assert.Equal(found, Read(writer, 0));
            return found;
        }
        catch (WalCorruptionException e)
        {
            throw new InvalidOperationException($"{where}: a crash was taken for corruption: {e.Message}", e);
        }
    }

    private static List<string> Read(WalWriter writer, long after)
    {
        var read = new List<string>();
        using var reader = writer.ReadAfter(after);
        while (reader.Read())
        {
            read.Add(Encoding.UTF8.GetString(reader.Payload));
        }

        return read;
    }

    private static string[] Payloads(Random random, int next) =>
        [.. Enumerable.Range(next, random.Next(1, 6)).Select(i => $"{i}:{random.Next():x}" + new string('x', random.Next(8) == 0 ? 1500 : random.Next(40)))];

    private static WalBatch Batch(string[] payloads)
    {
        var batch = new WalBatch();
        foreach (var payload in payloads)
        {
            batch.Add(1, Encoding.UTF8.GetBytes(payload));
        }

        return batch;
    }
}
