using System.Text;
using Tallygate.Client.Spool;
using Tallygate.Exposition;
using Tallygate.Exposition.Text;

namespace Tallygate.Client.Execution;

/// <summary>
/// Runs a command and pushes what became of it: that it has started, and at its end how it went, with what it wrote to the file named in
/// <c>TALLYGATE_METRICS</c>. Both pushes belong to one run, so sums count it once. Whatever happens to the pushes, the command runs and its
/// exit code is the result; trouble is told to <paramref name="warn"/>.
/// </summary>
/// <param name="spool">Keeps what cannot be delivered now; null where no spool could be opened, then pushes are tried once.</param>
public sealed class JobExecution(PushSpool? spool, PushSender sender, TimeProvider time, Action<string> warn)
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private long _pushedNs;

    /// <summary>Runs the command to its end and returns its exit code.</summary>
    public async Task<int> RunAsync(ExecutionOptions options)
    {
        var metricsFile = Path.Combine(Path.GetTempPath(), $"tallygate-{Guid.NewGuid():N}.prom");
        var started = DeliverAsync(Push(options, ExecutionMetrics.AtStart(time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0), "", null));

        var end = await new CommandRun(time, options.OnTerminal).RunAsync(options.Command, metricsFile).ConfigureAwait(false);
        if (end.Failure is { } failure)
        {
            warn($"cannot run {options.Command[0]}: {failure}");
        }

        var written = ReadMetrics(metricsFile, out var refused);
        await started.ConfigureAwait(false);
        var state = end.ExitCode == 0 ? "finished" : "failed";
        var result = await DeliverAsync(Push(options, ExecutionMetrics.AtEnd(end, refused), written, state)).ConfigureAwait(false);
        if (result?.Outcome == SendOutcome.Refused && written.Length > 0)
        {
            // The server has a reason of its own against the command's metrics; how the command went shall not be lost with them.
            warn($"what the command wrote to {metricsFile} is left out; the file is kept");
            refused = true;
            await DeliverAsync(Push(options, ExecutionMetrics.AtEnd(end, refused), "", state)).ConfigureAwait(false);
        }

        if (!refused)
        {
            File.Delete(metricsFile);
        }

        return end.ExitCode;
    }

    private static string? Fault(byte[] body)
    {
        if (!PushTextParser.TryParse(body, PushParseOptions.Default, new Utf8StringPool(), out var families, out var error))
        {
            return error.Hint is null ? error.Message : $"{error.Message} ({error.Hint})";
        }

        var own = families.Find(static f => f.Name.StartsWith(ExecutionMetrics.Prefix, StringComparison.Ordinal));
        return own is null ? null : $"{own.Name} is written by tallygate exec itself";
    }

    private string ReadMetrics(string file, out bool refused)
    {
        refused = false;
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            return "";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            warn($"cannot read {file}: {problem.Message}");
            refused = true;
            return "";
        }

        if (Fault(bytes) is not { } reason)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        warn($"what the command wrote to {file} is not pushed: {reason}; the file is kept");
        refused = true;
        return "";
    }

    private OutgoingPush Push(ExecutionOptions options, string own, string written, string? state)
    {
        // A clock that is set back meanwhile does not bring the end before the start.
        _pushedNs = Math.Max(_pushedNs, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
        return new OutgoingPush
        {
            Target = options.Target,

            // By family, so that the group keeps the last success when this run fails.
            Method = PushMethod.Post,
            TimeNs = _pushedNs,
            IdempotencyKey = Guid.NewGuid().ToString("N"),
            RunId = options.RunId,
            RunState = state,
            Headers = options.Headers,
            Body = Encoding.UTF8.GetBytes(own + written),
        };
    }

    private async Task<SendResult?> DeliverAsync(OutgoingPush push)
    {
        if (spool is null)
        {
            return Tell(await sender.SendAsync(push, late: false, CancellationToken.None).ConfigureAwait(false), "is lost, since there is no spool");
        }

        try
        {
            var entry = spool.Add(push);
            var report = await new Deliverer(spool, sender, time).DeliverAsync(entry, LockPatience, CancellationToken.None).ConfigureAwait(false);
            foreach (var damage in report.Damaged)
            {
                warn(damage);
            }

            foreach (var (_, result) in report.Attempts)
            {
                Tell(result, $"waits in {spool.Directory}, tallygate spool deliver sends it");
            }

            return report.Of(entry);
        }
        catch (IOException problem)
        {
            warn($"cannot keep the push in {spool.Directory}: {problem.Message}");
            return Tell(await sender.SendAsync(push, late: false, CancellationToken.None).ConfigureAwait(false), "is lost");
        }
    }

    private SendResult Tell(SendResult result, string fate)
    {
        switch (result.Outcome)
        {
            case SendOutcome.Refused:
                warn($"the push was refused: {result.Reason}");
                break;
            case SendOutcome.Unreachable:
                warn($"{result.Reason}; the push {fate}");
                break;
        }

        return result;
    }
}
