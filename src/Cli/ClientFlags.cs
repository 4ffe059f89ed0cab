using System.Globalization;
using System.Security.Cryptography;
using Tallygate.Client;
using Tallygate.Client.Spool;
using Tallygate.Model;
using Tallygate.Wal;

namespace Tallygate.Cli;

/// <summary>The flags that <c>push</c>, <c>exec</c> and <c>spool</c> share, each as <c>--name=value</c> or <c>--name value</c>, with defaults from the environment.</summary>
internal sealed class ClientFlags
{
    public const string Help = """
          --url=URL               The server, http://localhost:9091 unless TALLYGATE_URL says another.
          --spool=DIR             Where pushes wait that could not be delivered. TALLYGATE_SPOOL, else tallygate/spool in the user's state folder.
          --timeout=DURATION      How long one delivery may take, 10s.
          --user=NAME             Name for basic authentication; the password is read from TALLYGATE_PASSWORD. Else TALLYGATE_USER.
          --tls-ca=FILE           Certificate authorities to trust, in PEM, in place of the system's.
        """;

    private readonly HashSet<string> _own;
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <param name="own">The names of the command's own flags that have a value and may be given once.</param>
    public ClientFlags(params string[] own) => _own = [.. own, "url", "spool", "timeout", "user", "tls-ca"];

    public List<KeyValuePair<string, string>> Labels { get; } = [];

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public string Url => _given.GetValueOrDefault("url") ?? Variable("TALLYGATE_URL") ?? "http://localhost:9091";

    public string SpoolDirectory => _given.GetValueOrDefault("spool") ?? Variable("TALLYGATE_SPOOL") ?? Path.Combine(StateFolder, "tallygate", "spool");

    private static string StateFolder =>
        Variable("XDG_STATE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state");

    public string? this[string name] => _given.GetValueOrDefault(name);

    /// <summary>Takes the flag at <paramref name="index"/> and moves on past it.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public string? Take(IReadOnlyList<string> arguments, ref int index)
    {
        var argument = arguments[index++];
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument[2..] : argument[2..equals];
        if (!_own.Contains(name))
        {
            return $"unknown long flag '--{name}', try --help";
        }

        if (equals < 0 && index == arguments.Count)
        {
            return $"expected argument for flag '--{name}', try --help";
        }

        var value = equals < 0 ? arguments[index++] : argument[(equals + 1)..];
        if (value.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            return $"the value of '--{name}' has a line break";
        }

        switch (name)
        {
            case "label":
                return Pair(value, '=', Labels) ? null : $"'{value}' is no label, it looks like --label=shard=7";
            case "header" when value.StartsWith("Authorization:", StringComparison.OrdinalIgnoreCase):
                return "credentials do not belong in a header that is kept on disk: use --user and TALLYGATE_PASSWORD";
            case "header":
                return Pair(value, ':', Headers) ? null : $"'{value}' is no header, it looks like --header='X-Team: billing'";
            default:
                return _given.TryAdd(name, value) ? null : $"flag '--{name}' is given twice";
        }
    }

    /// <summary>Makes the sender that the flags describe.</summary>
    public PushSender? Sender(out string? error)
    {
        var options = new PushSenderOptions();
        if (_given.TryGetValue("timeout", out var text))
        {
            if (!PromDuration.TryParse(text, out var timeout, out error) || timeout == 0)
            {
                error = $"--timeout: {error ?? "must not be 0"}";
                return null;
            }

            options = options with { Timeout = TimeSpan.FromMilliseconds(timeout) };
        }

        if ((_given.GetValueOrDefault("user") ?? Variable("TALLYGATE_USER")) is { } user)
        {
            options = options with { User = (user, Variable("TALLYGATE_PASSWORD") ?? "") };
        }

        try
        {
            options = _given.TryGetValue("tls-ca", out var file) ? options with { CertificateAuthorities = File.ReadAllText(file) } : options;
            error = null;
            return new PushSender(options, TimeProvider.System);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            error = $"--tls-ca: {problem.Message}";
            return null;
        }
    }

    /// <summary>Opens the spool that the flags name.</summary>
    public PushSpool? Spool(out string? error)
    {
        try
        {
            error = null;
            return new PushSpool(SpoolDirectory, DiskFileSystem.Instance);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            error = $"cannot keep pushes in {SpoolDirectory}: {problem.Message}; name another place by --spool";
            return null;
        }
    }

    /// <summary>A time given as RFC 3339 or in Unix seconds, in nanoseconds.</summary>
    public static bool TryTime(string text, out long nanoseconds)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 9_000_000_000)
        {
            nanoseconds = (long)(seconds * 1_000_000_000);
            return true;
        }

        var valid = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            && moment > DateTimeOffset.UnixEpoch;
        nanoseconds = valid ? (moment - DateTimeOffset.UnixEpoch).Ticks * 100 : 0;
        return valid;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool Pair(string text, char separator, List<KeyValuePair<string, string>> target)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at <= 0)
        {
            return false;
        }

        target.Add(new KeyValuePair<string, string>(text[..at].Trim(), text[(at + 1)..].Trim()));
        return true;
    }
}
