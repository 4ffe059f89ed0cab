using System.Globalization;
using System.Text;
using System.Text.Json;
using Tallygate.Model;

namespace Tallygate.Cli;

/// <summary><c>tallygate groups list|delete</c></summary>
internal static class GroupsCommand
{
    private const string Usage = """
        usage: tallygate groups list   [--url=http://localhost:9091] [--match=SELECTOR]... [--older-than=DURATION]
               tallygate groups delete [--url=http://localhost:9091] [--match=SELECTOR]... [--older-than=DURATION] [--dry-run]

        Lists the groups of a running server, or deletes them, all in one commit. A group is picked by one of the selectors of its labels, such as
        '{job=~"nightly.*"}', and if its last push is older than DURATION (30d, 12h). --dry-run lists what would go. What was pushed stays counted:
        deletion touches neither :pushed series nor totals.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        if (arguments[0] is not ("list" or "delete"))
        {
            return Commands.Fail("expected \"groups list\" or \"groups delete\", try --help");
        }

        var url = "http://localhost:9091";
        var query = new StringBuilder();
        var deletes = arguments[0] == "delete";
        var dry = false;
        foreach (var argument in arguments.Skip(1))
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : argument[(equals + 1)..];
            switch (equals < 0 ? argument : argument[..equals])
            {
                case "--url" when equals > 0:
                    url = value;
                    break;
                case "--match" when equals > 0:
                    query.Append("&match[]=").Append(Uri.EscapeDataString(value));
                    break;
                case "--older-than" when equals > 0:
                    query.Append("&older_than=").Append(Uri.EscapeDataString(value));
                    break;
                case "--dry-run" when equals < 0 && deletes:
                    dry = true;
                    query.Append("&dry_run=1");
                    break;
                default:
                    return Commands.Fail($"unknown long flag '{argument}', try --help");
            }
        }

        return await AskAsync($"{url.TrimEnd('/')}/api/v1/groups?{query.ToString().TrimStart('&')}", url, deletes, dry);
    }

    private static async Task<int> AskAsync(string target, string url, bool deletes, bool dry)
    {
        try
        {
            using var client = new HttpClient();
            using var response = deletes ? await client.DeleteAsync(new Uri(target)) : await client.GetAsync(new Uri(target));
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            var root = answer.RootElement;
            if (root.GetProperty("status").GetString() != "success")
            {
                return Commands.Fail(root.GetProperty("error").GetString() ?? "");
            }

            var groups = root.GetProperty("data").EnumerateArray().ToList();
            foreach (var group in groups)
            {
                Console.WriteLine(Line(group));
            }

            if (deletes)
            {
                var many = groups.Count == 1 ? "1 group" : $"{groups.Count} groups";
                Console.WriteLine(dry ? $"{many} would be deleted" : $"{many} deleted");
            }

            return 0;
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or UriFormatException)
        {
            return Commands.Fail($"cannot ask {url}: {problem.Message}");
        }
    }

    private static string Line(JsonElement group)
    {
        var labels = group.GetProperty("labels").EnumerateObject().Select(static l => $"{l.Name}={GoQuote.Quote(l.Value.GetString())}");
        var line = new StringBuilder("{" + string.Join(", ", labels) + "}");
        if (!group.TryGetProperty("last_push", out var push))
        {
            return line.ToString();
        }

        line.Append(CultureInfo.InvariantCulture, $"  {push.GetString() ?? "never pushed"}  {group.GetProperty("metrics").GetInt32()} metrics");
        foreach (var member in (string[])["expires", "expired"])
        {
            if (group.TryGetProperty(member, out var when))
            {
                line.Append(CultureInfo.InvariantCulture, $"  {member} {when.GetString()}");
            }
        }

        return group.GetProperty("last_push_successful").GetBoolean() ? line.ToString() : line.Append("  last push failed").ToString();
    }
}
