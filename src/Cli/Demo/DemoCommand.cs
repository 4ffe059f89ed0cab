using System.Runtime.InteropServices;
using Tallygate.Server.Configuration;

namespace Tallygate.Cli.Demo;

/// <summary><c>tallygate demo</c></summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(DemoOptions.Usage);
            return 0;
        }

        if (!DemoOptions.TryParse(arguments, out var options, out var error))
        {
            return Commands.Fail(error);
        }

        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var folder = Directory.CreateTempSubdirectory("tallygate-demo-");
        try
        {
            await PlayAsync(options, folder.FullName, stop.Token);
            return 0;
        }
        catch (StartException problem)
        {
            return Commands.Fail(problem.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task PlayAsync(DemoOptions options, string folder, CancellationToken stop)
    {
        await using var player = new DemoPlayer(folder, options.ListenAddress, TimeProvider.System);
        var progress = new DemoProgress();
        await player.PlayAsync(over =>
        {
            stop.ThrowIfCancellationRequested();
            progress.Report(over);
        });
        progress.Clear();
        var result = await player.MeasureAsync();
        if (options.PromtoolTest.Length > 0)
        {
            PromtoolTest.Write(options.PromtoolTest, DemoRecipe.RuleFile, player.Storage, player.StartMs, result.Methods.Single(m => m.Name == "recipe"));
        }

        var colour = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        Console.Write(options.Json ? DemoJson.Render(result) : new DemoTable(colour).Render(result));
        if (options.Exit)
        {
            return;
        }

        var port = new Uri(player.Addresses[0].Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        await Console.Error.WriteLineAsync($"""

              The clock runs on: the day is served on http://localhost:{port} until Ctrl+C. Try
                curl -s http://localhost:{port}/metrics | grep records_processed
                echo 'records_processed 42' | curl --data-binary @- http://localhost:{port}/metrics/job/myjob/batch/mine
                curl -sG http://localhost:{port}/api/v1/query --data-urlencode 'query=sum_over_time(records_processed:pushed[1d])'

            """);
        await player.ServeAsync(stop);
    }
}
