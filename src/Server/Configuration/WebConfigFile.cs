using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>
/// Reads the file of <c>--web.config.file</c>, whose format all of Prometheus's servers share. Unknown keys are errors; all errors come
/// at once, each with file, line and column.
/// </summary>
public static class WebConfigFile
{
    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Strict-Transport-Security", []), ("X-Content-Type-Options", ["nosniff"]), ("X-Frame-Options", ["deny", "sameorigin"]),
        ("X-XSS-Protection", []), ("Content-Security-Policy", []),
    ];

    private static readonly SearchValues<char> BcryptAlphabet =
        SearchValues.Create("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>All that is wrong with the file at <paramref name="path"/> and the certificates that it names; empty where it can be served from.</summary>
    public static IReadOnlyList<ConfigError> Check(string path)
    {
        TryLoad(path, out _, out var errors);
        return errors;
    }

    /// <summary>Reads the file and loads its certificates.</summary>
    internal static bool TryLoad(string path, [NotNullWhen(true)] out WebConfig? config, out IReadOnlyList<ConfigError> errors)
    {
        config = null;
        var contents = new FileContents();
        string text;
        try
        {
            text = Encoding.UTF8.GetString(contents.Read(path)).TrimStart('\uFEFF');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var missing = problem is FileNotFoundException or DirectoryNotFoundException;
            errors = [new ConfigError(path, 0, 0, missing ? "no such file" : problem.Message)];
            return false;
        }

        var file = YamlFile.Parse(path, text);
        var root = YamlMap.Of(file, file.Root, "web config");
        var http = root.Map("http_server_config", "http_server_config");
        var http2 = http.Bool("http2") ?? true;
        var headers = ReadHeaders(http);
        http.End();
        var tls = new TlsSection(file, contents).Read(root.Map("tls_server_config", "tls_server_config"), http2);
        var users = ReadUsers(root);
        var rate = root.Map("rate_limit", "rate_limit");
        var interval = Interval(rate);
        var burst = (int)Math.Clamp(rate.Whole("burst") ?? 0, int.MinValue, int.MaxValue);
        rate.End();
        root.End();
        errors = [.. file.Errors.OrderBy(e => e.Line).ThenBy(e => e.Column)];
        if (errors.Count > 0)
        {
            return false;
        }

        config = new WebConfig
        {
            Tls = tls,
            Http2 = http2,
            Headers = headers,
            Users = users,
            RateInterval = interval,
            RateBurst = burst,
            Warnings = file.Warnings,
            Files = contents,
        };
        return true;
    }

    private static List<KeyValuePair<string, string>> ReadHeaders(YamlMap http)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, value, place) in http.Pairs("headers"))
        {
            var at = Array.FindIndex(Headers, h => h.Name == name);
            if (at < 0)
            {
                http.File.Fail(place, $"HTTP header \"{name}\" can not be configured");
            }
            else if (Headers[at].Values is { Length: > 0 } values && !values.Contains(value))
            {
                var expected = string.Join(' ', values.Select(v => $"\"{v}\""));
                http.File.Fail(place, $"invalid value for {name}. Expected one of: [{expected}], but got: \"{value}\"");
            }
            else if (value.AsSpan().ContainsAnyInRange('\0', '\x1F') || !Ascii.IsValid(value))
            {
                http.File.Fail(place, $"{name} holds a character that no HTTP header may hold");
            }
            else
            {
                headers.Add(KeyValuePair.Create(name, value));
            }
        }

        return headers;
    }

    private static Dictionary<string, string> ReadUsers(YamlMap root)
    {
        var users = new Dictionary<string, string>();
        foreach (var (name, hash, place) in root.Pairs("basic_auth_users"))
        {
            if (!IsBcrypt(hash))
            {
                root.File.Fail(place, $"the password of user \"{name}\" is not a bcrypt hash, which looks like $2y$10$ and 53 characters");
            }

            users[name] = hash;
        }

        return users;
    }

    /// <summary><c>$2y$10$</c> and 22 characters of salt and 31 of hash; cost 4 to 31.</summary>
    private static bool IsBcrypt(string hash)
    {
        var rest = hash.AsSpan();
        return rest.Length == 60 && rest.StartsWith("$2") && "abxy".Contains(rest[2], StringComparison.Ordinal) && rest[3] == '$' && rest[6] == '$'
            && int.TryParse(rest[4..6], NumberStyles.None, null, out var cost) && cost is >= 4 and <= 31
            && !rest[7..].ContainsAnyExcept(BcryptAlphabet);
    }

    /// <summary>Text in Go's form, or a whole number of nanoseconds, as the format's reader has it.</summary>
    private static TimeSpan Interval(YamlMap rate)
    {
        if (rate.Text("interval") is not { } text)
        {
            return TimeSpan.Zero;
        }

        if (long.TryParse(text, NumberStyles.None, null, out var nanoseconds))
        {
            return TimeSpan.FromTicks(nanoseconds / 100);
        }

        if (!GoDuration.TryParse(text, out var interval, out var why))
        {
            rate.File.Fail(rate.Get("interval")!, why);
        }
        else if (interval < TimeSpan.Zero)
        {
            rate.File.Fail(rate.Get("interval")!, "interval must not be negative");
        }

        return interval;
    }
}
