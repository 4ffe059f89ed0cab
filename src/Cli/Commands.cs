using Tallygate.Cli.Demo;
using Tallygate.Server.Telemetry;

namespace Tallygate.Cli;

/// <summary>The program's commands: one file each. Exit codes: 0 it went well, 1 it did not.</summary>
internal static class Commands
{
    private const string Usage = """
        usage: tallygate [COMMAND] [ARGUMENTS]

        Counts exactly what batch jobs did: a Pushgateway, a Prometheus and a durable push log in one program.

        Commands:
          serve                   Take pushes, scrape, evaluate rules, answer queries. The default when only flags are given.
          demo                    Play a day of batch jobs and compare three ways to add them up; then keep serving.
          push --job=NAME [FILE]  Push metrics, once, even if the server is away now.
          exec --job=NAME -- CMD  Run a command and push how it went.
          spool list|deliver      See to pushes that wait because a server was away.
          groups list|delete      List the groups of a running server, or delete them by selector and age.
          query instant EXPR      Ask a running server.
          query range EXPR        Ask a running server about a range of times.
          check config FILE…      Check configuration files and the rule files that they name.
          check rules FILE…       Check rule files.
          check web-config FILE…  Check files of --web.config.file.
          import pushgateway FILE Bring what a Pushgateway kept into a data directory.
          import openmetrics|prometheus  Seed pushed series with what was pushed before.
          export pushgateway      Bring the groups to a Pushgateway, or write them as pushes.
          log tail|export|verify  Read the push log: what was pushed, by whom, and what was refused.
          test promql FILE…       Run PromQL test scripts.
          test rules FILE…        Run unit tests of rules in promtool's format.
          tsdb COMMAND            List, analyze, dump and verify blocks; make blocks of OpenMetrics files.

          tallygate COMMAND --help says more about one of them. tallygate --version prints the version.

        First steps:
          tallygate                                     serves on http://localhost:9091 and keeps its data in ./data
          echo "records_processed 42" | curl --data-binary @- http://localhost:9091/metrics/job/myjob
          tallygate query instant 'sum_over_time(records_processed:pushed[1d])'
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rest = arguments.Length > 1 ? arguments[1..] : [];
        switch (arguments.Length == 0 ? "serve" : arguments[0])
        {
            case "--help" or "-h" or "help":
                Console.WriteLine(Usage);
                return 0;
            case "--version" or "version":
                Console.WriteLine($"tallygate, version {BuildInfo.Version} (revision: {(BuildInfo.Revision.Length > 0 ? BuildInfo.Revision : "unknown")})");
                Console.WriteLine($"  stands in for: pushgateway {BuildInfo.PushgatewayVersion}, prometheus {BuildInfo.PrometheusVersion}");
                Console.WriteLine($"  runtime:       {BuildInfo.Runtime}");
                return 0;
            case "serve":
                return await ServeCommand.RunAsync(rest);
            case "demo":
                return await DemoCommand.RunAsync(rest);
            case "push":
                return await PushCommand.RunAsync(rest);
            case "exec":
                return await ExecCommand.RunAsync(rest);
            case "spool":
                return await SpoolCommand.RunAsync(rest);
            case "groups":
                return await GroupsCommand.RunAsync(rest);
            case "query":
                return await QueryCommand.RunAsync(rest);
            case "check":
                return CheckCommand.Run(rest);
            case "import":
                return await ImportCommand.RunAsync(rest);
            case "export":
                return await ExportCommand.RunAsync(rest);
            case "log":
                return await LogCommand.RunAsync(rest);
            case "tsdb":
                return TsdbCommand.Run(rest);
            case "test":
                return TestCommand.Run(rest);
            case var flag when flag.StartsWith('-'):
                return await ServeCommand.RunAsync(arguments);
            case var unknown:
                return Fail($"expected command but got \"{unknown}\", try --help");
        }
    }

    /// <summary>Says on stderr why the program ends, in kingpin's form.</summary>
    public static int Fail(string error)
    {
        Console.Error.WriteLine($"tallygate: error: {error}");
        return 1;
    }
}
