using System.Text;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Wal;

/// <summary>A log that begins a segment while batches come that nobody has synced: a process that dies anywhere in it has lost none of them.</summary>
public sealed class WalRotationTests
{
    private const string Folder = "/log";

    [Fact]
    public void Death_while_a_segment_begins_loses_nothing_that_was_appended()
    {
        var died = 0;
        for (var at = 0; at < 14; at++)
        {
            var files = new SimulatedFileSystem(at);
            var appended = 0;
            try
            {
                using var writer = WalWriter.Open(Folder, new WalOptions { SyncEachBatch = false }, files);
                Append(writer, ref appended);
                Append(writer, ref appended);
                var comes = true;
                files.SyncFails = path =>
                {
                    // Somebody appends while what was there before is being synced.
                    if (comes && path.EndsWith(".wal", StringComparison.Ordinal))
                    {
                        comes = false;
                        Append(writer, ref appended);
                    }

                    return false;
                };
                files.DiesAt = files.Operations + at;
                writer.Rotate();
                Append(writer, ref appended);
            }
            catch (SimulatedCrashException)
            {
                died++;
            }

            files.SyncFails = null;
            files.Restart();
            var found = 0;
            using var again = WalWriter.Open(Folder, new WalOptions { SyncEachBatch = false }, files, (_, _, _) => found++);
            Assert.InRange(found, appended, appended + 1);
        }

        Assert.InRange(died, 5, 14);
    }

    private static void Append(WalWriter writer, ref int appended)
    {
        using var batch = new WalBatch();
        batch.BeginRecord(1);
        Encoding.UTF8.GetBytes($"record {appended}").CopyTo(batch.GetSpan(20));
        batch.Advance(8);
        batch.EndRecord();
        writer.Append(batch);
        appended++;
    }
}
