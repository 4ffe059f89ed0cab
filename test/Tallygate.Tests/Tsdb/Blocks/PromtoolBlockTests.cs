using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tallygate.Model;
using Tallygate.Tests.Wal;
using Tallygate.Wal;

namespace Tallygate.Tests.Tsdb.Blocks;

/// <summary>Debian's promtool reads our blocks as we do.</summary>
public sealed class PromtoolBlockTests
{
    private const string Promtool = "/usr/bin/promtool";

    [Fact]
    public void Promtool_lists_analyzes_and_dumps_every_sample()
    {
        Assert.SkipUnless(File.Exists(Promtool), $"{Promtool} is not installed; ./test.sh installs it");
        using var folder = new DiskFolder();
        var truth = BlockTruth.Make(9, series: 40, samples: 300, histograms: false);
        var path = truth.Write(DiskFileSystem.Instance, folder.Path);
        Directory.CreateDirectory(Path.Combine(folder.Path, "wal"));

        Assert.Contains(Path.GetFileName(path), Run("tsdb", "list", folder.Path), StringComparison.Ordinal);
        var analysis = Run("tsdb", "analyze", folder.Path);
        Assert.Contains("Series: 40", analysis, StringComparison.Ordinal);
        Assert.Contains("Label names: 4", analysis, StringComparison.Ordinal);

        // {__name__="x", …} value time, the value in Go's shortest form.
        var lines = Run("tsdb", "dump", folder.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(40 * 300, lines.Length);
        var expected = new HashSet<string>();
        foreach (var (labels, samples) in truth.Series)
        {
            foreach (var (time, value, _) in samples)
            {
                expected.Add($"{labels} {BitConverter.DoubleToInt64Bits(Normal(value)):x} {time}");
            }
        }

        foreach (var line in lines)
        {
            var end = line.LastIndexOf('}');
            var parts = line[(end + 2)..].Split(' ');
            var value = parts[0] switch { "NaN" => double.NaN, "-Inf" => double.NegativeInfinity, var text => double.Parse(text, CultureInfo.InvariantCulture) };
            var dumped = $"{line[..(end + 1)]} {BitConverter.DoubleToInt64Bits(Normal(value)):x} {parts[1]}";
            Assert.True(expected.Remove(dumped), dumped);
        }

        Assert.Empty(expected);
    }

    private static double Normal(double value) => double.IsNaN(value) ? StaleMarker.NormalNaN : value;

    private static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Promtool) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"promtool {string.Join(' ', arguments)}: {errors.Result}");
        return output;
    }
}
