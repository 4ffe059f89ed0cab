using System.Diagnostics;
using Tallygate.Cli;

namespace Tallygate.Tests.Cli;

/// <summary>The built program in a process of its own, so that its exit codes and its two streams are seen as a shell sees them.</summary>
internal static class TallygateProgram
{
    private static readonly string Path = System.IO.Path.ChangeExtension(typeof(Commands).Assembly.Location, null);

    /// <summary>Starts the program; whoever starts it sees to its end.</summary>
    public static Process Start(params string[] arguments) => StartBy([], arguments);

    /// <summary>Starts the program by another one, which gets the program and its arguments behind its own.</summary>
    public static Process StartBy(string[] starter, params string[] arguments)
    {
        arguments = starter.Length == 0 ? arguments : [.. starter.AsSpan(1), Path, .. arguments];
        var start = new ProcessStartInfo(starter.Length == 0 ? Path : starter[0]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
