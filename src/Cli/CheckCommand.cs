using Tallygate.PromQL;
using Tallygate.Server.Configuration;

namespace Tallygate.Cli;

/// <summary><c>tallygate check rules|config</c></summary>
internal static class CheckCommand
{
    private const string Usage = """
        usage: tallygate check config FILE…
               tallygate check rules FILE…
               tallygate check web-config FILE…

        Reads configuration or rule files as the server does and says everything that is wrong with them, each with file, line and column.
        A configuration is checked together with the rule files that it names, a web configuration with its certificates. Exit code 1 where
        anything is wrong.
        """;

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var files = arguments.Skip(1).ToList();
        if (files.Count == 0 || arguments[0] is not ("config" or "rules" or "web-config"))
        {
            return Commands.Fail("expected \"check config FILE…\", \"check rules FILE…\" or \"check web-config FILE…\", try --help");
        }

        if (arguments[0] == "web-config")
        {
            return WebConfigs(files);
        }

        var engine = new Engine(new EngineOptions(), TimeProvider.System);
        var good = true;
        foreach (var file in files)
        {
            Console.WriteLine($"Checking {file}");
            good &= arguments[0] == "config" ? Config(file, engine) : Rules(file, engine);
            Console.WriteLine();
        }

        return good ? 0 : 1;
    }

    // In promtool's words, which scripts look for.
    private static int WebConfigs(List<string> files)
    {
        var good = true;
        foreach (var file in files)
        {
            var errors = WebConfigFile.Check(file);
            Console.Error.WriteLine(errors.Count == 0 ? $"{file} SUCCESS" : $"{file} FAILED: {string.Join("\n  ", errors)}");
            good &= errors.Count == 0;
        }

        return good ? 0 : 1;
    }

    private static bool Config(string file, Engine engine)
    {
        ConfigFile.TryLoad(file, engine, out var config, out var errors);
        return Report(errors, config.Warnings, config.Summary);
    }

    private static bool Rules(string file, Engine engine)
    {
        var rules = RuleFile.Read(file, new GlobalSettings(), engine);
        return Report(rules.Errors, rules.Warnings, $"{rules.Groups.Sum(g => g.Rules.Count)} rules found");
    }

    private static bool Report(IReadOnlyList<ConfigError> errors, IReadOnlyList<string> warnings, string success)
    {
        foreach (var warning in warnings)
        {
            Console.Error.WriteLine($"  WARNING: {warning}");
        }

        if (errors.Count == 0)
        {
            Console.WriteLine($"  SUCCESS: {success}");
            return true;
        }

        Console.Error.WriteLine("  FAILED:");
        foreach (var error in errors)
        {
            Console.Error.WriteLine($"  {error}");
        }

        return false;
    }
}
