using Tallygate.Client;
using Tallygate.Client.Execution;

namespace Tallygate.Cli;

/// <summary><c>tallygate exec</c></summary>
internal static class ExecCommand
{
    private const string Usage = """
        usage: tallygate exec --job=NAME [FLAGS] -- COMMAND [ARGUMENTS]

        Runs COMMAND, hands signals to it, ends with its exit code, and pushes that it started and how it went: tallygate_exec_start_time_seconds,
        end_time_seconds, duration_seconds, exit_code, last_success_time_seconds, max_memory_bytes, cpu_seconds. What the command writes in the
        text format to the file named in TALLYGATE_METRICS is pushed with them. All of it is one run, and counts once.

        A server that is away, or a push that is refused, is told on stderr and never changes what the command does. What could not be delivered
        waits on disk; the next exec, push or "spool deliver" brings it, at its own time.

          --job=NAME              The job. Required.
          --label=NAME=VALUE      A further label of the group; as often as needed.
          --run-id=ID             The id of this run; made up where it is not given.
          --header='NAME: VALUE'  A further header for the pushes; as often as needed.

        """ + ClientFlags.Help + """


        Exit code: the command's; 128 and the signal's number where a signal ended it; 127 where it is not found, 126 where it cannot be run.

        Example:
          tallygate exec --job=nightly -- sh -c 'echo "records_processed 42" > $TALLYGATE_METRICS'
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var end = arguments.ToList().IndexOf("--");
        var before = end < 0 ? arguments : arguments.Take(end).ToList();
        if (before.Contains("--help") || before.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return 0;
        }

        if (end < 0 || end == arguments.Count - 1)
        {
            return Commands.Fail("the command is missing: tallygate exec --job=NAME -- COMMAND, try --help");
        }

        var flags = new ClientFlags("job", "label", "run-id", "header");
        for (var i = 0; i < before.Count;)
        {
            if (!before[i].StartsWith("--", StringComparison.Ordinal))
            {
                return Commands.Fail($"'{before[i]}' is no flag; the command stands after --");
            }

            if (flags.Take(before, ref i) is { } wrong)
            {
                return Commands.Fail(wrong);
            }
        }

        if (!PushTarget.TryCreate(flags.Url, flags["job"] ?? "", flags.Labels, out var target, out var problem))
        {
            return Commands.Fail(problem);
        }

        using var sender = flags.Sender(out problem);
        if (sender is null)
        {
            return Commands.Fail(problem!);
        }

        var spool = flags.Spool(out problem);
        if (spool is null)
        {
            Warn(problem!);
        }

        return await new JobExecution(spool, sender, TimeProvider.System, Warn).RunAsync(new ExecutionOptions
        {
            Target = target,
            RunId = flags["run-id"] ?? Guid.NewGuid().ToString("N"),
            Command = [.. arguments.Skip(end + 1)],
            Headers = flags.Headers,
            OnTerminal = !Console.IsInputRedirected,
        });
    }

    private static void Warn(string text) => Console.Error.WriteLine($"tallygate: {text}");
}
