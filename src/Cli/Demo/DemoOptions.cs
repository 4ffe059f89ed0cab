namespace Tallygate.Cli.Demo;

/// <summary>What the command line asks of the demo.</summary>
internal sealed record DemoOptions
{
    /// <summary>How the command is used.</summary>
    public const string Usage = """
        usage: tallygate demo [FLAGS]

        Plays a day of batch jobs through the real server, on a simulated clock whose day ends now: a nightly and an hourly job, pushes closer
        together than the sampling interval, an outage of the sampling, a deleted group, a restart of the server. Then it prints what was really
        pushed beside what three queries make of it, and keeps serving the day on http://localhost:9091 until Ctrl+C. Nothing is kept.

        Flags:
          --exit                  Stop after the table; listen on a free port meanwhile.
          --json                  Print the result as JSON: truth, and methods[] with name, expr, value, error.
          --promtool-test=FOLDER  Also write the sampled series of the day as a unit test: promtool test rules FOLDER/demo-test.yml
          --web.listen-address=:9091
                                  Where to serve.
          -h, --help              Show this.
        """;

    /// <summary>Whether to stop after the table.</summary>
    public bool Exit { get; init; }

    /// <summary>Whether to print JSON in place of the table.</summary>
    public bool Json { get; init; }

    /// <summary>Where to write the unit test; empty: nowhere.</summary>
    public string PromtoolTest { get; init; } = "";

    /// <summary>The address to listen on.</summary>
    public string ListenAddress { get; init; } = "";

    /// <summary>Reads the flags; false with an error that names the flag at fault.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, out DemoOptions options, out string error)
    {
        options = new DemoOptions();
        error = "";
        for (var i = 0; i < arguments.Count; i++)
        {
            var (flag, given) = arguments[i].Split('=', 2) is [var name, var value] ? (name, value) : (arguments[i], null);
            switch (flag)
            {
                case "--exit" when given is null:
                    options = options with { Exit = true };
                    break;
                case "--json" when given is null:
                    options = options with { Json = true };
                    break;
                case "--promtool-test" or "--web.listen-address":
                    if (given is null && ++i < arguments.Count)
                    {
                        given = arguments[i];
                    }

                    if (string.IsNullOrEmpty(given))
                    {
                        error = $"expected argument for flag '{flag}'";
                        return false;
                    }

                    options = flag == "--promtool-test" ? options with { PromtoolTest = given } : options with { ListenAddress = given };
                    break;
                default:
                    error = $"unknown flag or argument '{arguments[i]}', try --help";
                    return false;
            }
        }

        if (options.ListenAddress.Length == 0)
        {
            options = options with { ListenAddress = options.Exit ? "127.0.0.1:0" : ":9091" };
        }

        return true;
    }
}
