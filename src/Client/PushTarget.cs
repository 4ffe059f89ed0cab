using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tallygate.Model;

namespace Tallygate.Client;

/// <summary>Where a push goes: a server, and the group on it as a path of the Pushgateway's push API.</summary>
/// <param name="Server">The server's base address, with its route prefix where it has one, without a slash at the end.</param>
/// <param name="Path">The path below it, <c>/metrics/job/…</c>, encoded.</param>
public sealed record PushTarget(string Server, string Path)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Checks server, job and labels. Label values may be any text: what a URL cannot carry plainly travels as base64.</summary>
    public static bool TryCreate(
        string server,
        string job,
        IEnumerable<KeyValuePair<string, string>> labels,
        [NotNullWhen(true)] out PushTarget? target,
        [NotNullWhen(false)] out string? error)
    {
        target = null;
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
        {
            error = $"\"{server}\" is not the address of a server: it looks like http://localhost:9091, with no query and no password in it";
            return false;
        }

        if (job.Length == 0)
        {
            error = "a push needs a job: --job=NAME";
            return false;
        }

        var path = new StringBuilder("/metrics");
        Append(path, "job", job);
        var seen = new HashSet<string>(StringComparer.Ordinal) { "job" };
        foreach (var (name, value) in labels)
        {
            if (!NameValidation.IsLegacyLabelName(name) || name.StartsWith("__", StringComparison.Ordinal))
            {
                error = $"\"{name}\" is no label name: letters, digits and underscores, not a digit first, not __ first";
                return false;
            }

            if (!seen.Add(name))
            {
                error = name == "job" ? "the label job is given by --job" : $"the label {name} is given twice";
                return false;
            }

            Append(path, name, value);
        }

        target = new PushTarget(server.TrimEnd('/'), path.ToString());
        error = null;
        return true;
    }

    private static void Append(StringBuilder path, string name, string value)
    {
        // A dot alone would be taken for a step in the path and a slash for the next label, so anything but plain text is encoded as a whole.
        var plain = value.Length > 0 && !value.AsSpan().ContainsAnyExcept(Plain);
        var text = plain ? value : Base64Url.EncodeToString(ByteText.Encode(value));
        path.Append('/').Append(name).Append(plain ? "/" : "@base64/").Append(text.Length == 0 ? "=" : text);
    }
}
