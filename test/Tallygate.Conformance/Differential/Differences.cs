using System.Text;
using System.Text.RegularExpressions;
using Tallygate.Testing;

namespace Tallygate.Conformance.Differential;

/// <summary>The differences that are known, each by the rows that tell of it. The first that fits counts.</summary>
public static partial class Differences
{
    internal const string Refused = "pushed metrics are invalid or inconsistent with existing metrics: ";

    private static readonly Difference[] Known =
    [
        new("P358 HEAD is GET without a body", c => c.Method == "HEAD" && c.Theirs.Status is 404 or 405 && c.Mine.Body.Length == 0),
        new("P264 redirects to a clean path: 301 then, 307 now", c => c.Statuses is (301, 307) && c.Theirs.Header("Location") == c.Mine.Header("Location")),
        new("P42 P264 an escaped slash or dot is not cleaned away", c => c.Theirs.Status == 301 && c.Target.Contains('%') && c.Mine.Status is 400 or 200 or 202) { Leaves = true },
        new("P17 a redirect that leads to 404 is 404 at once", c => c.Statuses is (307, 404) && c.Theirs.Header("Location") == "/metrics/job"),
        new("P43 bytes that no HTTP allows in a target (deviation)", c => c.Mine.Status == 400 && c.Mine.Body.Length == 0 && (c.Target.Contains("%00") || c.Target.Any(char.IsAsciiLetterOrDigit) && c.Target.Any(l => l > 0x7E))) { Leaves = true },
        new("P10 OPTIONS below the API is Prometheus's (deviation)", c => c.Method == "OPTIONS" && c.Target.StartsWith("/api/v1") && c.Statuses is (200, 204 or 307)),
        new("P4 the page is another one (deviation)", c => c.Statuses is (200, 200) && c.Method == "GET" && c.Target is "/" or "/status"),
        new("P55 P262 a body that is cut off: no part of it is taken", c => c.Probe.Request.CutAfter is not null && c.Theirs.Status is 200 or 400 && c.Mine.Status is 0 or 400) { Leaves = true },
        new("P51 P261 Content-Encoding in any case", c => c.Packing == "GZIP" && c.Theirs.Status == 400) { Leaves = true },
        new("P55 P262 gzip that is cut off or damaged: no part of it is taken", c => c.IsGzip && c.Mine.Status == 400 && IsGzipError(c.MineText) && c.Theirs.Status is 200 or 400) { Leaves = true },
        new("P153 gzip is weighed against identity", c => c.Encodings is "gzip;q=0" && c.Theirs.Header("Content-Encoding") == "gzip" && c.Mine.Header("Content-Encoding") is null),
        new("P140 P350 bad grouping labels poison the old one", c => c.Mine.Status is 400 && c.Theirs.Status == 400 && c.MineText.Contains("push_time_seconds", StringComparison.Ordinal) && c.MineText.StartsWith(Refused)) { Leaves = true },
        new("P61 the place and a hint stand on a line of their own (deviation)", c => c.Both400 && c.MineText == c.TheirText && c.Mine.Text != c.MineText),
        new("P62 P351 line ends of CR LF (deviation)", c => c.Text.Contains('\r') && (c.Theirs.Status == 400 || c.Both400)) { Leaves = true },
        new("P68 P263 names in quotes are known", c => c.Theirs.Status == 400 && c.Mine.Status is 200 or 400 && IsTextError(c.TheirText) && HasNameInBraces().IsMatch(c.Text)) { Leaves = true },
        new("P83 P262 histograms count in floats, and not below zero", c => c.Text.Contains("histogram", StringComparison.OrdinalIgnoreCase) && c.MineText.Contains("negative ") && c.MineText.Contains("for histogram")) { Leaves = true },
        new("P83 P262 P266 histograms count in floats: in the query API", c => c.Target == "/api/v1/metrics" && c.Statuses is (200, 200) && WithoutCounts(c.Probe, c.Theirs) == WithoutCounts(c.Probe, c.Mine)),
        new("P74 gauge histograms are a type", c => c.Text.Contains("gauge_histogram") && c.Statuses is (400, 200)) { Leaves = true },
        new("P76 HELP knows an escaped quote", c => c.Text.Contains("# HELP") && c.Text.Contains("\\\"") && c.Theirs.Status == 400 && c.TheirText.Contains("invalid escape sequence '\\\"'")) { Leaves = true },
        new("P88 P262 a length with nothing behind it", c => c.IsProtobuf && c.Theirs.Status is 200 or 400 && c.MineText == "unexpected EOF\n") { Leaves = true },
        new("P88 words for damaged protobuf", c => c.IsProtobuf && c.Both400 && !c.TheirText.StartsWith(Refused)) { Leaves = true },
        new("P90 P142 P353 protobuf names and types that nothing can show", c => c.IsProtobuf && c.Statuses is (200, 400) && (c.MineText.Contains("invalid metric name") || c.MineText.Contains("unknown metric type"))) { Leaves = true },
        new("P91 P263 label names beyond the old pattern", c => c.IsProtobuf && c.Theirs.Status == 400 && c.Mine.Status == 200 && c.TheirText.Contains("has a label with an invalid name")) { Leaves = true },
        new("P122 a payload that another group's type would fit is refused always, not by chance", c => c.IsProtobuf && c.Statuses is (200, 400) && c.MineText.Contains("} is not a ")) { Leaves = true },
        new("P123 the same label twice is a fault of the body (deviation)", c => c.IsProtobuf && c.Both400 && c.MineText.Contains("has two or more labels with the same name") && c.TheirText.StartsWith(Refused)) { Leaves = true },
        new("P110 how errors render a metric", c => c.Both400 && c.MineText.StartsWith(Refused) && Comparison.Refusal(c.TheirText) == Comparison.Refusal(c.MineText)),
        new("P121 P127 which of the clashing sides is blamed, and how often", c => c.BothRefused && Faults(c.TheirText).SetEquals(Faults(c.MineText))),
        new("P110 faults that lie in the push itself are told without those against other groups", c => c.BothRefused && Faults(c.MineText).IsSubsetOf(Faults(c.TheirText))),
        new("P127 of colliding families one is told, by chance which", c => c.BothRefused && c.TheirText.Contains(" collides with ") && c.MineText.Contains(" collides with ")),
        new("P110 of several faults of a metric another one is told", c => c.BothRefused && Families(c.MineText).IsSubsetOf(Families(c.TheirText))),
        new("P136 pushed times are dropped always, not by chance", c => c.Statuses is (400, 200) && c.Text.Contains("push_failure_time_seconds")) { Leaves = true },
        new("P92 a family without metrics stands in nobody's way, not by chance", c => c.Statuses is (400, 200) && c.TheirText.Contains("} is not a ")) { Leaves = true },
    ];

    /// <summary>Which known difference two answers show; null for none.</summary>
    public static Difference? Classify(Probe probe, RawAnswer theirs, RawAnswer mine)
    {
        if (probe.Request.Target.StartsWith("/metrics", StringComparison.Ordinal) && probe.Request.Method == "GET" && (theirs.Status, mine.Status) is (200 or 500, 200))
        {
            var (kind, same) = ClassifyPages(Comparison.Of(probe, theirs), Comparison.Of(probe, mine));
            if (same || theirs.Status == 500)
            {
                return new Difference(kind!, static _ => true);
            }
        }

        var item = new Case(probe, theirs, mine);
        return Array.Find(Known, k => k.Fits(item));
    }

    /// <summary>Which known difference two scrapes show, and whether both servers may go on from there.</summary>
    public static (string? Kind, bool Same) ClassifyPages(string theirs, string mine)
    {
        if (theirs.StartsWith("500", StringComparison.Ordinal))
        {
            return (theirs.Contains("} is not a ", StringComparison.Ordinal) ? "P92 P150 a family without metrics breaks the old one's scrapes, by chance"
                : "P140 P350 bad grouping labels poison the old one", false);
        }

        var (left, right) = (WithoutHelp(theirs), WithoutHelp(mine));
        if (left == right)
        {
            return ("P146 P354 which of several help texts is shown", true);
        }

        return Sorted(left) == Sorted(right) && Values().Replace(left, "\"") == Values().Replace(right, "\"") ? ("P148 metrics whose label values tie stand in any order", true)
            : OnlyCounts(left, right) && OnlyCounts(right, left) ? ("P83 P262 histograms count in floats, and not below zero", false)
            : (null, false);
    }

    private static string WithoutHelp(string page) => string.Join('\n', page.Split('\n').Where(l => !l.StartsWith("# HELP ", StringComparison.Ordinal)));

    private static string WithoutCounts(Probe probe, RawAnswer answer) => Counts().Replace(Comparison.Of(probe, answer), "");

    private static bool OnlyCounts(string page, string other)
    {
        var others = other.Split('\n').ToHashSet();
        return page.Split('\n').Where(l => !others.Contains(l)).All(l => l.Contains("_bucket{", StringComparison.Ordinal) || l.Contains("_count{", StringComparison.Ordinal));
    }

    private static string Sorted(string page) => string.Join('\n', page.Split('\n').Order(StringComparer.Ordinal));

    private static bool IsGzipError(string text) => text is "unexpected EOF\n" or "EOF\n" or "gzip: invalid header\n" or "gzip: invalid checksum\n";

    private static bool IsTextError(string text) => text.StartsWith("text format parsing error in line ", StringComparison.Ordinal);

    /// <summary>The kinds of faults of a refusal, each with the family's name, once.</summary>
    /// <summary>The kinds of faults of a refusal, each with the family's name, once.</summary>
    private static HashSet<string> Faults(string refusal) => [.. Comparison.Refusal(refusal).Split('\n').Select(Fault).Where(f => f.Length > 0)];

    private static HashSet<string> Families(string refusal) => [.. Collected().Matches(refusal).Select(m => Named().Match(m.Value).Value)];

    private static string Fault(string line)
    {
        if (Clash().Match(line) is { Success: true } clash)
        {
            return clash.Groups[1].Value + " is of another type";
        }

        return Collision().Match(line) is { Success: true } collision
            ? string.Join(" collides with ", new[] { collision.Groups[1].Value, collision.Groups[2].Value }.Order(StringComparer.Ordinal))
            : Collected().Match(line).Value;
    }

    [GeneratedRegex("collected metric \"([^\"]*)\" \\{…\\} is not a [A-Z]+")]
    private static partial Regex Clash();

    [GeneratedRegex("named \"([^\"]*)\" collides with .* named \"([^\"]*)\"")]
    private static partial Regex Collision();

    [GeneratedRegex("\"buckets\":\\{[^}]*\\},\"count\":\"[^\"]*\"")]
    private static partial Regex Counts();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Named();

    [GeneratedRegex("(collected|gathered) .*")]
    private static partial Regex Collected();

    [GeneratedRegex("[a-zA-Z_][a-zA-Z0-9_]*=\"|\\} .*")]
    private static partial Regex Values();

    [GeneratedRegex("(^|\n)[ \t]*[a-zA-Z_:]*\"|\\{[^}=]*\"[^}=]*[,}]|(^|\n)[ \t]*\\{|\\{ *\\}|\\{[^\n]*$|,\"|\"\"|\\{\"")]
    private static partial Regex HasNameInBraces();
}
