using Tallygate.Model.RegularExpressions;
using Tallygate.Rules.Testing;
using Tallygate.Server.Configuration;

namespace Tallygate.Cli;

/// <summary><c>tallygate test rules</c>, which prints what promtool prints.</summary>
internal static class RuleTests
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var files = new List<string>();
        var names = new List<Re2Pattern>();
        var ignoresUnknown = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--ignore-unknown-fields")
            {
                ignoresUnknown = true;
                continue;
            }

            if (arguments[i] != "--run")
            {
                files.Add(arguments[i]);
                continue;
            }

            if (++i == arguments.Count)
            {
                return Commands.Fail("--run needs a regular expression");
            }

            try
            {
                names.Add(Re2Pattern.Unanchored(arguments[i]));
            }
            catch (ArgumentException problem)
            {
                return Commands.Fail($"--run: {problem.Message}");
            }
        }

        var good = files.Count > 0;
        foreach (var file in files)
        {
            Console.WriteLine($"Unit Testing:  {file}");
            var suite = RuleTestFile.Read(file, out var errors, ignoresUnknown);
            var failures = suite is null
                ? [.. errors.Select(static error => error.ToString())]
                : RuleTestRunner.Run(suite, name => names.Count == 0 || names.Exists(pattern => pattern.IsMatch(name)));
            if (failures.Count == 0)
            {
                Console.WriteLine("  SUCCESS");
            }
            else
            {
                good = false;
                Console.Error.WriteLine("  FAILED:");
                foreach (var failure in failures)
                {
                    Console.Error.WriteLine("    " + failure);
                }
            }

            Console.WriteLine();
        }

        return good ? 0 : 1;
    }
}
