using System.Runtime.InteropServices;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Server.Telemetry;

namespace Tallygate.Cli;

/// <summary><c>tallygate serve</c></summary>
internal static class ServeCommand
{
    private const string Usage = """
        usage: tallygate [serve] [FLAGS]

        Takes pushes as the Pushgateway does, answers scrapes and PromQL queries, and evaluates rules. Every accepted push is on disk before it
        is answered. SIGHUP reloads the configuration, SIGTERM and SIGINT end the program in good order.

        Flags:
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            Console.Write(FlagTable.Help());
            return 0;
        }

        if (!FlagTable.TryParse(arguments, out var options, out var error))
        {
            return Commands.Fail(error);
        }

        var logs = new LineLoggerFactory(Console.Error, options.LogLevel, options.LogJson, TimeProvider.System);
        await using var server = TallygateServer.Create(options, new ServerSetup { Logs = logs });
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload);
        try
        {
            await server.RunAsync(stop.Token);
            return 0;
        }
        catch (StartException problem)
        {
            return Commands.Fail(problem.Message);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException)
        {
            return Commands.Fail($"the push log failed, and the program ends so that a restart finds the truth in it: {problem.Message}");
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        void Reload(PosixSignalContext signal)
        {
            signal.Cancel = true;
            server.TryReload();
        }
    }
}
