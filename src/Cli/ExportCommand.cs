using System.Net.Http.Headers;
using System.Text;
using Tallygate.Gateway.Persistence;

namespace Tallygate.Cli;

/// <summary><c>tallygate export pushgateway</c></summary>
internal static class ExportCommand
{
    private const string Usage = """
        usage: tallygate export pushgateway [--storage.path=./data] --to=URL
               tallygate export pushgateway [--storage.path=./data] --out=DIRECTORY

        Writes the groups of a data directory whose server is stopped as pushes that any Pushgateway takes: one PUT for each group, delivered
        to the Pushgateway at URL (http://user:password@host works), or kept in DIRECTORY as one body each and a script push.sh that delivers
        them with curl. Push times become those of the delivery. Exit code 1 where the Pushgateway refused any.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var given = new Dictionary<string, string> { ["storage.path"] = "./data" };
        foreach (var argument in arguments.Skip(1))
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals < 3 || argument[2..equals] is not ("storage.path" or "to" or "out"))
            {
                return Commands.Fail($"unknown long flag '{argument}', try --help");
            }

            given[argument[2..equals]] = argument[(equals + 1)..];
        }

        if (arguments[0] != "pushgateway" || given.ContainsKey("to") == given.ContainsKey("out"))
        {
            return Commands.Fail("expected \"export pushgateway --to=URL\" or \"export pushgateway --out=DIRECTORY\", try --help");
        }

        try
        {
            await using var log = DataFolder.OpenLog(given["storage.path"], create: false);
            var (pushes, neverPushed) = await StateExport.ReadAsync(log);
            if (neverPushed > 0)
            {
                Console.Error.WriteLine($"  WARNING: {neverPushed} groups are left out: all their pushes failed, and no push brings that back");
            }

            return given.TryGetValue("to", out var url) ? await DeliverAsync(pushes, url) : Write(pushes, given["out"]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or HttpRequestException or UriFormatException)
        {
            return Commands.Fail(problem.Message);
        }
    }

    private static async Task<int> DeliverAsync(IReadOnlyList<ExportedPush> pushes, string to)
    {
        var url = new Uri(to);
        using var client = new HttpClient();
        if (url.UserInfo.Length > 0)
        {
            var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo));
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
        }

        var root = url.GetLeftPart(UriPartial.Path).Replace(url.UserInfo + "@", "", StringComparison.Ordinal).TrimEnd('/');
        var refused = 0;
        foreach (var push in pushes)
        {
            using var body = new ReadOnlyMemoryContent(push.Body);
            body.Headers.ContentType = MediaTypeHeaderValue.Parse(push.ContentType);
            using var answer = await client.PutAsync(new Uri(root + push.Path), body);
            if (!answer.IsSuccessStatusCode)
            {
                refused++;
                Console.Error.WriteLine($"  {push.Group}: {(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync()).TrimEnd()}");
            }
        }

        Console.WriteLine($"delivered {pushes.Count - refused} of {pushes.Count} groups to {root}");
        return refused == 0 ? 0 : 1;
    }

    private static int Write(IReadOnlyList<ExportedPush> pushes, string folder)
    {
        Directory.CreateDirectory(folder);
        var script = new StringBuilder("""
            #!/bin/sh
            # Delivers every group to the Pushgateway at $1; further arguments go to curl (--user name:password, say).
            set -e
            cd "$(dirname "$0")"
            url=${1:?usage: push.sh URL [CURL OPTIONS]}; shift
            options=$*
            put() { curl --fail --silent --show-error --request PUT --header "Content-Type: $1" --data-binary "@$2" $options "$url$3"; }

            """ + "\n");
        for (var i = 0; i < pushes.Count; i++)
        {
            var text = pushes[i].ContentType == ExportedPush.Text;
            var name = $"group-{i + 1:D5}.{(text ? "prom" : "pb")}";
            File.WriteAllBytes(Path.Combine(folder, name), pushes[i].Body.Span);
            script.Append($"put '{pushes[i].ContentType}' {name} '{pushes[i].Path}'\n");
        }

        var path = Path.Combine(folder, "push.sh");
        File.WriteAllText(path, script.ToString());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        }

        Console.WriteLine($"wrote {pushes.Count} groups to {folder}; deliver them with {path} URL");
        return 0;
    }
}
