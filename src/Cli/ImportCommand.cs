using Tallygate.Gateway.Persistence;

namespace Tallygate.Cli;

/// <summary><c>tallygate import pushgateway</c></summary>
internal static class ImportCommand
{
    private const string Usage = """
        usage: tallygate import pushgateway [--storage.path=./data] FILE

        Brings what a Pushgateway kept in its --persistence.file into a data directory whose server is stopped: its groups, their push times,
        and the last push of each as the first sample of its pushed series. Groups that are there already stay as they are. A server does the
        same by itself when it is started with --persistence.file=FILE on an empty directory.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var folder = "./data";
        var files = new List<string>();
        foreach (var argument in arguments.Skip(1))
        {
            if (argument.StartsWith("--storage.path=", StringComparison.Ordinal))
            {
                folder = argument["--storage.path=".Length..];
            }
            else if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                return Commands.Fail($"unknown long flag '{argument}', try --help");
            }
            else
            {
                files.Add(argument);
            }
        }

        if (arguments[0] != "pushgateway" || files.Count != 1)
        {
            return Commands.Fail("expected \"import pushgateway FILE\", try --help");
        }

        try
        {
            var state = await File.ReadAllBytesAsync(files[0]);
            await using var log = DataFolder.OpenLog(folder, create: true);
            var result = await StateImport.RunAsync(log, files[0], state);
            foreach (var note in result.Notes)
            {
                Console.Error.WriteLine($"  WARNING: {note}");
            }

            Console.WriteLine($"imported {result.Groups} groups with {result.Families} families into {folder}"
                + (result.GroupsThere > 0 ? $"; {result.GroupsThere} groups were there already and stay as they are" : ""));
            return 0;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Commands.Fail(problem.Message);
        }
    }
}
