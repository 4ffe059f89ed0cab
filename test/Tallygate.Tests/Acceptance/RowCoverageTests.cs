using System.Reflection;
using System.Text.RegularExpressions;
using Tallygate.Testing;
using Tallygate.Tests.Cli;
using Tallygate.Tests.Gateway.Persistence;
using Tallygate.Tests.Server;
using Tallygate.Tests.Server.Web;

namespace Tallygate.Tests.Acceptance;

/// <summary>Every row of the behaviour study has a test, mostly named after it; where we differ on purpose, docs/api/pushgateway.md says so, and the test holds us to that.</summary>
public sealed partial class RowCoverageTests
{
    /// <summary>First and last of each run of row numbers.</summary>
    private static readonly (int First, int Last)[] Study =
    [
        (1, 93), (100, 110), (120, 155), (160, 186), (190, 202), (210, 217), (220, 223), (230, 235), (240, 241), (250, 258), (260, 268), (300, 318),
        (320, 333), (340, 347), (350, 358),
    ];

    /// <summary>Rows whose tests have other names, since they are older or belong to another room.</summary>
    private static readonly Dictionary<int, Type> Elsewhere = new()
    {
        [49] = typeof(EscapingTests),
        [169] = typeof(ServeTests),
        [170] = typeof(ServeTests),
        [190] = typeof(ServeTests),
        [191] = typeof(ServeTests),
        [192] = typeof(WebAccessTests),
        [197] = typeof(StateTransferTests),
        [198] = typeof(FlagTableTests),
        [199] = typeof(FlagTableTests),
        [211] = typeof(Gateway.PowerLossTests),
        [213] = typeof(StateTransferTests),
        [215] = typeof(StateFileTests),
        [216] = typeof(StateFileTests),
        [217] = typeof(StateFileTests),
        [220] = typeof(WebConfigFileTests),
        [221] = typeof(WebAccessTests),
        [222] = typeof(WebAccessTests),
        [223] = typeof(WebAccessTests),
        [231] = typeof(EscapingTests),
        [232] = typeof(EscapingTests),
        [233] = typeof(EscapingTests),
        [234] = typeof(EscapingTests),
        [253] = typeof(PushAllocationTests),
        [310] = typeof(EscapingTests),
        [311] = typeof(EscapingTests),
        [312] = typeof(EscapingTests),
        [315] = typeof(EscapingTests),
        [324] = typeof(PushgatewayTests),
        [326] = typeof(Gateway.PushWriterTests),
        [355] = typeof(Gateway.PowerLossTests),
        [356] = typeof(PushAllocationTests),
    };

    [Fact]
    public void Every_row_is_tested()
    {
        var tested = Tested();
        var listed = Listed();
        var rows = Rows();
        var open = rows.Where(r => !tested.Contains(r) && !Elsewhere.ContainsKey(r)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rows.Count} rows: {rows.Count(tested.Contains)} with tests named after them, {rows.Count(r => !tested.Contains(r) && Elsewhere.ContainsKey(r))} tested elsewhere, "
            + $"{rows.Count(listed.Contains)} listed as different");
        Assert.True(open.Count == 0, "not tested: " + string.Join(", ", open.Select(r => "P" + r)));
        Assert.Empty(tested.Except(rows));
        Assert.Empty(listed.Except(rows));
    }

    [Fact]
    public void The_rows_are_those_of_the_study()
    {
        Assert.SkipWhen(Corpora.Shared is null, "the study is not beside the checkout");
        var study = File.ReadLines(Path.Combine(Corpora.Shared!, "reference", "pushgateway-behaviour.md"))
            .Select(l => RowOfTable().Match(l)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value)).Order();
        Assert.Equal(study, Rows().Order());
    }

    private static List<int> Rows() => [.. Study.SelectMany(s => Enumerable.Range(s.First, s.Last - s.First + 1))];

    private static HashSet<int> Tested() =>
    [
        .. typeof(RowCoverageTests).Assembly.GetTypes().Where(t => t.Namespace == typeof(RowCoverageTests).Namespace)
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .SelectMany(m => RowOfName().Match(m.Name).Groups[1].Captures).Select(c => int.Parse(c.ValueSpan)),
    ];

    private static HashSet<int> Listed() =>
    [
        .. File.ReadLines(Path.Combine(Corpora.Root, "docs", "api", "pushgateway.md")).Where(l => l.StartsWith('|'))
            .SelectMany(l => RowOfText().Matches(l.Split('|')[1])).Select(m => int.Parse(m.Groups[1].ValueSpan)),
    ];

    [GeneratedRegex("^\\| P(\\d+) \\|")]
    private static partial Regex RowOfTable();

    [GeneratedRegex("^(?:P(\\d+)_)+")]
    private static partial Regex RowOfName();

    [GeneratedRegex("P(\\d+)")]
    private static partial Regex RowOfText();
}
