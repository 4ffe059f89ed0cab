using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>The ready-made alerts are good rules that fire when they should, for Debian's promtool and for Tallygate.</summary>
public sealed class AlertFileTests
{
    private static readonly string _folder = Path.Combine(Corpora.Root, "docs", "alerts");

    [Theory]
    [InlineData("check", "jobs.yml", "5 rules found")]
    [InlineData("test", "jobs_test.yml", "SUCCESS")]
    public async Task Both_programs_take_the_alerts(string command, string file, string says)
    {
        foreach (var program in (string[])[ServerProcess.Peer("/usr/bin/promtool"), ServerProcess.TallygateProgram])
        {
            var (code, text, error) = await Shell.RunAsync(program, [command, "rules", Path.Combine(_folder, file)]);
            Assert.True(code == 0, text + error);
            Assert.Contains(says, text, StringComparison.Ordinal);
        }
    }
}
