using Tallygate.Wal;

namespace Tallygate.Client.Spool;

/// <summary>
/// Brings the pushes of a spool to their servers, oldest first. A push whose fate is unknown holds back all younger ones of the same server,
/// so that order is kept; it goes out again with the same key, which the server books once.
/// </summary>
public sealed class Deliverer(PushSpool spool, PushSender sender, TimeProvider time)
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Tries all that wait, once. Waits at most <paramref name="patience"/> for another process that is delivering.</summary>
    /// <param name="fresh">A push that was made just now: at its first attempt the server's clock tells its time.</param>
    public async Task<DeliveryReport> DeliverAsync(SpoolEntry? fresh, TimeSpan patience, CancellationToken cancellation)
    {
        var report = new DeliveryReport();
        using var held = await LockAsync(patience, cancellation).ConfigureAwait(false);
        if (held is null)
        {
            report.Busy = true;
            report.Waiting = spool.Names().Count;
            return report;
        }

        var away = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in spool.Names())
        {
            if (Read(name, report) is not { } entry)
            {
                continue;
            }

            if (away.Contains(entry.Push.Target.Server))
            {
                report.Waiting++;
                continue;
            }

            var result = await sender.SendAsync(entry.Push, late: name != fresh?.Name, cancellation).ConfigureAwait(false);
            report.Attempts.Add((entry, result));
            switch (result.Outcome)
            {
                case SendOutcome.Delivered:
                    spool.Remove(name);
                    break;
                case SendOutcome.Refused when name == fresh?.Name:
                    // Whoever made it is still there and hears the reason.
                    spool.Remove(name);
                    break;
                case SendOutcome.Refused:
                    spool.SetAside(entry, result.Reason);
                    break;
                default:
                    away.Add(entry.Push.Target.Server);
                    report.Waiting++;
                    break;
            }
        }

        return report;
    }

    /// <summary>Goes on until nothing waits or <paramref name="patience"/> is over, with growing pauses of 1 s to 1 min or as a server asks.</summary>
    /// <param name="progress">Is told after each round.</param>
    public async Task<DeliveryReport> DeliverAllAsync(TimeSpan patience, Action<DeliveryReport> progress, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            var report = await DeliverAsync(null, LongestPause, cancellation).ConfigureAwait(false);
            progress(report);
            if (report.Waiting == 0)
            {
                return report;
            }

            pause = report.Delivered > 0 ? FirstPause : pause;
            foreach (var (_, result) in report.Attempts)
            {
                pause = result.RetryAfter is { } asked && asked > pause ? asked : pause;
            }

            if (time.GetElapsedTime(start) + pause > patience)
            {
                return report;
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private SpoolEntry? Read(string name, DeliveryReport report)
    {
        try
        {
            return spool.Read(name);
        }
        catch (SpoolDamagedException damage)
        {
            report.Damaged.Add($"{damage.Message}; it is kept as {spool.SetDamagedAside(name)}");
            return null;
        }
        catch (NewerVersionException newer)
        {
            // Not damaged, and not for this program to move: the newer one delivers it.
            report.Damaged.Add(newer.Message);
            report.Waiting++;
            return null;
        }
    }

    private async Task<IDisposable?> LockAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (spool.TryLock() is { } held)
            {
                return held;
            }

            if (time.GetElapsedTime(start) >= patience)
            {
                return null;
            }

            await Task.Delay(LockPause, time, cancellation).ConfigureAwait(false);
        }
    }
}
