using System.Globalization;
using Tallygate.Client;
using Tallygate.Client.Spool;
using Tallygate.Model;
using Tallygate.Wal;

namespace Tallygate.Cli;

/// <summary><c>tallygate spool list|deliver</c></summary>
internal static class SpoolCommand
{
    private const string Usage = """
        usage: tallygate spool list    [--spool=DIR]
               tallygate spool deliver [--for=DURATION] [FLAGS]

        Shows, or delivers, the pushes of "tallygate push" and "tallygate exec" that no server has confirmed yet. deliver tries once, or with
        --for goes on until nothing waits or the time is over. Refused pushes are kept below DIR/refused with the reason beside them.

        """ + ClientFlags.Help + """


        Exit code 0: nothing waits any more. 1: something does.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        if (arguments[0] is not ("list" or "deliver"))
        {
            return Commands.Fail("expected \"spool list\" or \"spool deliver\", try --help");
        }

        var flags = new ClientFlags("for");
        for (var i = 1; i < arguments.Count;)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                return Commands.Fail($"unexpected '{arguments[i]}', try --help");
            }

            if (flags.Take(arguments, ref i) is { } wrong)
            {
                return Commands.Fail(wrong);
            }
        }

        var patience = 0L;
        if (flags["for"] is { } text && !PromDuration.TryParse(text, out patience, out var invalid))
        {
            return Commands.Fail($"--for: {invalid}");
        }

        if (flags.Spool(out var problem) is not { } spool)
        {
            return Commands.Fail(problem!);
        }

        try
        {
            return arguments[0] == "list" ? List(spool) : await DeliverAsync(flags, spool, TimeSpan.FromMilliseconds(patience));
        }
        catch (IOException failure)
        {
            return Commands.Fail(failure.Message);
        }
    }

    /// <summary>Says what a round of delivery did to other pushes than <paramref name="own"/>.</summary>
    public static void Tell(DeliveryReport report, string? own)
    {
        foreach (var damage in report.Damaged)
        {
            Console.Error.WriteLine($"tallygate: {damage}");
        }

        var earlier = report.Attempts.Where(a => a.Entry.Name != own).ToList();
        foreach (var (entry, result) in earlier.Where(static a => a.Result.Outcome == SendOutcome.Refused))
        {
            Console.Error.WriteLine($"tallygate: {Describe(entry)} was refused, it is kept in refused/ of the spool: {result.Reason}");
        }

        var delivered = earlier.Count(static a => a.Result.Outcome == SendOutcome.Delivered);
        if (delivered > 0)
        {
            Console.Error.WriteLine($"tallygate: {delivered} earlier push{(delivered == 1 ? "" : "es")} delivered");
        }
    }

    private static int List(PushSpool spool)
    {
        var names = spool.Names();
        foreach (var name in names)
        {
            try
            {
                Console.WriteLine(Describe(spool.Read(name)));
            }
            catch (Exception unreadable) when (unreadable is SpoolDamagedException or NewerVersionException)
            {
                Console.WriteLine(unreadable.Message);
            }
        }

        Console.WriteLine(names.Count == 0 ? $"nothing waits in {spool.Directory}" : $"{names.Count} waiting in {spool.Directory}");
        return names.Count == 0 ? 0 : 1;
    }

    private static async Task<int> DeliverAsync(ClientFlags flags, PushSpool spool, TimeSpan patience)
    {
        using var sender = flags.Sender(out var problem);
        if (sender is null)
        {
            return Commands.Fail(problem!);
        }

        var report = await new Deliverer(spool, sender, TimeProvider.System).DeliverAllAsync(patience, Progress, CancellationToken.None);
        Console.WriteLine(report.Waiting == 0 ? "nothing waits any more" : $"{report.Waiting} still waiting in {spool.Directory}");
        return report.Waiting == 0 ? 0 : 1;
    }

    private static void Progress(DeliveryReport report)
    {
        Tell(report, null);
        foreach (var (_, result) in report.Attempts.Where(static a => a.Result.Outcome == SendOutcome.Unreachable))
        {
            Console.Error.WriteLine($"tallygate: {result.Reason}");
        }
    }

    private static string Describe(SpoolEntry entry)
    {
        var push = entry.Push;
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(push.TimeNs / 1_000_000).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return $"{moment} {push.Method.ToString().ToUpperInvariant()} {push.Target.Server}{push.Target.Path} {push.Body.Length} bytes";
    }
}
