using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Tallygate.Client.Execution;

/// <summary>Runs one command to its end, on this process's own streams.</summary>
internal sealed class CommandRun(TimeProvider time, bool onTerminal)
{
    private const int NotFound = 2;
    private static readonly TimeSpan MemoryPause = TimeSpan.FromMilliseconds(100);

    public async Task<CommandEnd> RunAsync(IReadOnlyList<string> command, string metricsFile)
    {
        var start = time.GetUtcNow();
        var ticks = time.GetTimestamp();
        using var signals = new SignalForwarder(onTerminal);
        var options = new ProcessStartInfo(command[0]) { UseShellExecute = false };
        foreach (var argument in command.Skip(1))
        {
            options.ArgumentList.Add(argument);
        }

        options.Environment["TALLYGATE_METRICS"] = metricsFile;
        try
        {
            using var process = Process.Start(options)!;
            signals.StartTo(process.Id);
            var peak = await WaitAsync(process).ConfigureAwait(false);
            signals.End();
            return End(process.ExitCode, Use(peak), null);
        }
        catch (Win32Exception problem)
        {
            return End(problem.NativeErrorCode == NotFound ? 127 : 126, default, problem.Message);
        }

        CommandEnd End(int code, ResourceUse use, string? failure) =>
            new(code, Seconds(start), Seconds(time.GetUtcNow()), time.GetElapsedTime(ticks).TotalSeconds, use, failure);
    }

    private static double Seconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>Waits, and looks now and then how much memory the process has held so far.</summary>
    private static async Task<long> WaitAsync(Process process)
    {
        var peak = 0L;
        var end = process.WaitForExitAsync();
        while (!end.IsCompleted)
        {
            peak = Math.Max(peak, HighWater(process.Id));
            await Task.WhenAny(end, Task.Delay(MemoryPause)).ConfigureAwait(false);
        }

        await end.ConfigureAwait(false);
        return peak;
    }

    /// <summary>
    /// The kernel books on a child what the process that forked it held at that moment. So its figure is the command's only where it is larger
    /// than our own; below that, what was seen of the command itself is, and 0 where it was over before anyone looked.
    /// </summary>
    private static ResourceUse Use(long seen)
    {
        var use = ResourceUse.OfChildren();
        return use.MaxMemoryBytes > ResourceUse.OfSelf().MaxMemoryBytes ? use : use with { MaxMemoryBytes = seen };
    }

    private static long HighWater(int process)
    {
        try
        {
            foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                {
                    return long.Parse(line.AsSpan(6).Trim().TrimEnd(" kB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
                }
            }
        }
        catch (IOException)
        {
            // It has ended meanwhile.
        }

        return 0;
    }
}
