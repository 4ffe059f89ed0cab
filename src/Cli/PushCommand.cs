using Tallygate.Client;
using Tallygate.Client.Spool;
using Tallygate.Exposition;
using Tallygate.Exposition.Text;

namespace Tallygate.Cli;

/// <summary><c>tallygate push</c></summary>
internal static class PushCommand
{
    private const string Usage = """
        usage: tallygate push --job=NAME [FLAGS] [FILE]

        Pushes metrics in the text format from FILE, or from standard input, and counts them once whatever happens: the push is kept on disk
        until a server has confirmed it. If the server is away now, the next push, exec or "spool deliver" brings it later, in order and with
        the time at which it was made.

          --job=NAME              The job. Required.
          --label=NAME=VALUE      A further label of the group; as often as needed.
          --method=put            put replaces the group, post replaces families by name, delete removes the group.
          --run-id=ID             The run that this push belongs to: pushes of one run count once, by their last values.
          --run-state=STATE       finished or failed: ends the run.
          --idempotency-key=KEY   A name for this push. Invoked twice with the same key, it counts once. Made up where it is not given.
          --time=TIME             When it was made, RFC 3339 or Unix seconds; now where it is not given.
          --header='NAME: VALUE'  A further header; as often as needed.

        """ + ClientFlags.Help + """


        Exit code 0: a server has it, or it is safe in the spool (which is told on stderr). 1: it was refused or is wrong; nothing is kept.

        Example:
          echo "records_processed 42" | tallygate push --job=nightly --label=shard=7
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return 0;
        }

        var flags = new ClientFlags("job", "label", "method", "run-id", "run-state", "idempotency-key", "time", "header");
        string? file = null;
        for (var i = 0; i < arguments.Count;)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                if (file is not null)
                {
                    return Commands.Fail($"one file at a time: {file} and {arguments[i]}");
                }

                file = arguments[i++];
            }
            else if (flags.Take(arguments, ref i) is { } wrong)
            {
                return Commands.Fail(wrong);
            }
        }

        if (!PushTarget.TryCreate(flags.Url, flags["job"] ?? "", flags.Labels, out var target, out var problem)
            || !TryMake(flags, target, out var push, out problem))
        {
            return Commands.Fail(problem);
        }

        if (push.Method != PushMethod.Delete)
        {
            if (await ReadAsync(file) is not { } body)
            {
                return 1;
            }

            if (!PushTextParser.TryParse(body, PushParseOptions.Default, new Utf8StringPool(), out _, out var error))
            {
                return Commands.Fail($"{(file is null or "-" ? "standard input" : file)}: {error.Message}{(error.Hint is null ? "" : $" ({error.Hint})")}");
            }

            push = push with { Body = body };
        }

        using var sender = flags.Sender(out problem);
        if (sender is null || flags.Spool(out problem) is not { } spool)
        {
            return Commands.Fail(problem!);
        }

        return await DeliverAsync(spool, sender, push, fresh: flags["time"] is null);
    }

    private static bool TryMake(ClientFlags flags, PushTarget target, out OutgoingPush push, out string error)
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        push = new OutgoingPush
        {
            Target = target,
            Method = PushMethod.Put,
            TimeNs = now,
            IdempotencyKey = flags["idempotency-key"] ?? Guid.NewGuid().ToString("N"),
            RunId = flags["run-id"],
            RunState = flags["run-state"],
            Headers = flags.Headers,
        };
        error = "";
        if (!Enum.TryParse<PushMethod>(flags["method"] ?? "put", ignoreCase: true, out var method) || char.IsAsciiDigit((flags["method"] ?? "put")[0]))
        {
            error = $"--method is put, post or delete, not '{flags["method"]}'";
        }
        else if (push.RunState is not (null or "finished" or "failed"))
        {
            error = $"--run-state is finished or failed, not '{push.RunState}'";
        }
        else if (push.RunState is not null && push.RunId is null)
        {
            error = "--run-state ends a run, so it needs --run-id";
        }
        else if (flags["time"] is { } text && !ClientFlags.TryTime(text, out now))
        {
            error = $"--time is RFC 3339 or Unix seconds, not '{text}'";
        }

        push = push with { Method = method, TimeNs = now };
        return error.Length == 0;
    }

    private static async Task<byte[]?> ReadAsync(string? file)
    {
        try
        {
            if (file is not (null or "-"))
            {
                return await File.ReadAllBytesAsync(file);
            }

            using var all = new MemoryStream();
            await using var input = Console.OpenStandardInput();
            await input.CopyToAsync(all);
            return all.ToArray();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Commands.Fail($"cannot read {file ?? "standard input"}: {problem.Message}");
            return null;
        }
    }

    private static async Task<int> DeliverAsync(PushSpool spool, PushSender sender, OutgoingPush push, bool fresh)
    {
        try
        {
            var entry = spool.Add(push);
            var report = await new Deliverer(spool, sender, TimeProvider.System)
                .DeliverAsync(fresh ? entry : null, TimeSpan.FromSeconds(30), CancellationToken.None);
            SpoolCommand.Tell(report, entry.Name);
            switch (report.Of(entry))
            {
                case { Outcome: SendOutcome.Delivered }:
                    return 0;
                case { Outcome: SendOutcome.Refused } refused:
                    return Commands.Fail($"the push was refused: {refused.Reason}");
                case { } away:
                    await Console.Error.WriteLineAsync($"tallygate: {away.Reason}; the push waits in {spool.Directory} and goes out with the next one");
                    return 0;
                default:
                    await Console.Error.WriteLineAsync($"tallygate: {report.Waiting} pushes wait in {spool.Directory}, this one among them");
                    return 0;
            }
        }
        catch (IOException problem)
        {
            return Commands.Fail($"cannot keep the push in {spool.Directory}: {problem.Message}");
        }
    }
}
