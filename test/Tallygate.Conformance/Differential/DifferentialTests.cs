using System.Globalization;
using System.Text;
using Tallygate.Testing;

namespace Tallygate.Conformance.Differential;

/// <summary>
/// Debian's Pushgateway 1.5.1 and Tallygate get the same stream of requests. Every difference in status, headers, body or in the scrape behind
/// it is one that the behaviour study or docs/api/pushgateway.md names, or the test fails.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int ScrapeEvery = 10;

    [Fact]
    public async Task Every_difference_to_the_original_is_a_known_one()
    {
        ServerProcess.Peer("/usr/bin/prometheus-pushgateway");
        var seed = Soak.SeedOr(1476043160);
        using var folder = new TempFolder();
        using var ours = await ServerProcess.TallygateAsync(folder.Path, null, "--web.enable-admin-api", "--log.level=error");
        using var sides = new Sides(ours);
        await sides.StartPeerAsync();
        var traffic = new Traffic(seed);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unknown = new List<string>();
        var requests = Soak.Rounds(50_000, 6_000);
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < requests && unknown.Count < 40; i++)
        {
            var probe = traffic.Next();
            kinds[probe.Kind] = kinds.GetValueOrDefault(probe.Kind) + 1;
            var (theirs, mine) = await sides.SendAsync(probe);
            var differs = Comparison.Of(probe, theirs) != Comparison.Of(probe, mine);
            var known = differs ? Differences.Classify(probe, theirs, mine) : null;
            if (differs)
            {
                var (left, right) = (Comparison.Of(probe, theirs), Comparison.Of(probe, mine));
                var isPage = theirs.Status == 200 && mine.Status == 200;
                Note(known?.Kind, i, probe, isPage ? Diff(left, right) : Show(theirs), isPage ? Diff(right, left) : Show(mine));
            }

            if (probe.BlocksPeer)
            {
                await sides.StartPeerAsync();
                await sides.WipeAsync();
            }
            else if (probe.Changes && theirs.Status / 100 != mine.Status / 100)
            {
                await sides.WipeAsync();
            }
            else if (i % ScrapeEvery == 0 || (probe.Changes && differs))
            {
                var (left, right) = await sides.PagesAsync();
                if (left != right)
                {
                    var (kind, same) = Differences.ClassifyPages(left, right);
                    Note(known is { Leaves: true } && kind is null ? known.Kind + ": in the scrape" : kind, i, probe, Diff(left, right), Diff(right, left));
                    if (!same)
                    {
                        await sides.WipeAsync();
                    }
                }
            }
        }

        output.WriteLine($"seed {seed}: {requests} requests, {string.Join(", ", kinds.Select(k => $"{k.Value} {k.Key}"))}");
        output.WriteLine($"{counts.Values.Sum()} differences:");
        foreach (var (kind, count) in counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,6}  {kind}"));
        }

        var page = await ours.GetAsync("/metrics");
        var (code, _, error) = await Shell.RunAsync(ServerProcess.Peer("/usr/bin/promtool"), ["check", "metrics"], page);
        Assert.True(unknown.Count == 0, string.Join("\n\n", unknown));
        Assert.True(code is 0 or 3, $"promtool check metrics: {code}\n{error}");

        void Note(string? kind, int at, Probe probe, string theirs, string mine)
        {
            counts[kind ?? "UNKNOWN " + probe.Kind] = counts.GetValueOrDefault(kind ?? "UNKNOWN " + probe.Kind) + 1;
            if (kind is null)
            {
                var body = probe.Plain is null ? "" : Encoding.Latin1.GetString(probe.Plain);
                unknown.Add($"#{at} {probe.Kind}: {probe.Request.Method} {probe.Request.Target} {string.Join("; ", probe.Request.Headers)}\n{body}\n--- theirs\n{theirs}\n--- ours\n{mine}");
            }
        }

        string Show(RawAnswer answer) =>
            $"{answer.Status} {string.Join("; ", answer.Headers.Where(h => h.Name is not ("Date" or "Content-Length")))}\n{(answer.Text.Length > 1500 ? answer.Text[..1500] : answer.Text)}";
    }

    private static string Diff(string left, string right)
    {
        var others = right.Split('\n').ToHashSet();
        return string.Join('\n', left.Split('\n').Where(l => !others.Contains(l)).Take(30));
    }
}
