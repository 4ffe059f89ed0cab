using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tallygate.Model;

namespace Tallygate.Gateway;

/// <summary>
/// Reads a group's labels from the path of a push: <c>/job/&lt;job&gt;{/&lt;name&gt;/&lt;value&gt;}</c>, each name and <c>job</c> with
/// <c>@base64</c> behind it where the value is in URL-safe base64. The path is decoded first and split afterwards, as the Pushgateway does.
/// </summary>
public static class GroupingPath
{
    private const string Base64Suffix = "@base64";

    /// <summary>Reads the group of a push path.</summary>
    /// <param name="path">The raw, percent-encoded URL path behind the push prefix <c>/metrics</c>, without the query:
    /// <c>/job/nightly</c>.</param>
    /// <param name="grouping">The labels, sorted, empty values kept; a byte that is no UTF-8 stands as U+DC00 plus the byte.</param>
    /// <param name="error">Status and text of the refusal.</param>
    /// <param name="utf8Names">Whether label names may be any UTF-8 text. They then stand as they are or, where they begin with <c>U__</c>, as
    /// <see cref="EscapingScheme.Values"/> writes them; else such a name is an ordinary one.</param>
    public static bool TryParse(
        ReadOnlySpan<char> path, [NotNullWhen(true)] out Labels? grouping, out GroupingPathError error, bool utf8Names = false)
    {
        grouping = null;
        if (!PercentText.TryDecode(path, out var decoded))
        {
            error = new GroupingPathError(400, "400 Bad Request");
            return false;
        }

        var encodedJob = decoded.StartsWith("/job" + Base64Suffix + "/", StringComparison.Ordinal);
        if (!encodedJob && !decoded.StartsWith("/job/", StringComparison.Ordinal))
        {
            error = new GroupingPathError(404, "404 page not found");
            return false;
        }

        var rest = decoded.AsSpan(encodedJob ? "/job".Length + Base64Suffix.Length + 1 : "/job/".Length);
        var end = rest.IndexOf('/');
        var job = (end < 0 ? rest : rest[..end]).ToString();
        if (job.Length == 0)
        {
            error = new GroupingPathError(404, "404 page not found");
            return false;
        }

        if (encodedJob && !Base64Text.TryDecode(job, out job, out var reason))
        {
            error = Refused($"invalid base64 encoding in job name {GoQuote.Quote(job)}: {reason}");
            return false;
        }

        var labels = new LabelsBuilder();
        if (!TryReadLabels(end < 0 ? [] : rest[end..], labels, utf8Names, out error))
        {
            return false;
        }

        if (job.Length == 0)
        {
            error = Refused("job name is required");
            return false;
        }

        grouping = labels.Set("job", job).ToLabels();
        return true;
    }

    /// <summary>
    /// The path of a group, as <see cref="TryParse"/> reads it: <c>/job/nightly</c>. A label name beyond the old pattern is written as
    /// <see cref="EscapingScheme.Values"/> has it, which only a gateway that takes such names reads back.
    /// </summary>
    public static string Of(Labels grouping)
    {
        var path = new StringBuilder("/job").Append(Segment(grouping.Get("job")));
        foreach (ref readonly var label in grouping)
        {
            if (label.Name != "job")
            {
                path.Append('/').Append(NameEscaping.Escape(label.Name, EscapingScheme.Values, isLabel: true)).Append(Segment(label.Value));
            }
        }

        return path.ToString();
    }

    /// <summary>A plain value as it is, any other in base64, which slashes, empty values and all else survive.</summary>
    private static string Segment(string value)
    {
        if (value.Length > 0 && value.Trim('.').Length > 0 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            return "/" + value;
        }

        var packed = new byte[ByteText.ByteCount(value)];
        ByteText.Encode(value, packed);
        return Base64Suffix + "/" + (packed.Length == 0 ? "=" : Convert.ToBase64String(packed).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
    }

    private static bool TryReadLabels(ReadOnlySpan<char> text, LabelsBuilder labels, bool utf8Names, out GroupingPathError error)
    {
        error = default;
        if (text.Length <= 1)
        {
            return true;
        }

        var pieces = text[1..].ToString().Split('/');
        if ((pieces.Length & 1) != 0)
        {
            error = Refused($"odd number of components in label string {GoQuote.Quote(text)}");
            return false;
        }

        for (var i = 0; i < pieces.Length; i += 2)
        {
            var value = pieces[i + 1];
            var encoded = pieces[i].EndsWith(Base64Suffix, StringComparison.Ordinal);
            var written = encoded ? pieces[i][..^Base64Suffix.Length] : pieces[i];
            var name = utf8Names ? NameEscaping.UnescapeValues(written) : written;
            if (!(utf8Names ? NameValidation.IsUtf8Name(name) : NameValidation.IsLegacyLabelName(name))
                || written.StartsWith("__", StringComparison.Ordinal))
            {
                error = Refused($"improper label name {GoQuote.Quote(written)}");
                return false;
            }

            if (encoded && !Base64Text.TryDecode(pieces[i + 1], out value, out var reason))
            {
                error = Refused($"invalid base64 encoding for label {written}={GoQuote.Quote(pieces[i + 1])}: {reason}");
                return false;
            }

            labels.Set(name, value);
        }

        return true;
    }

    private static GroupingPathError Refused(string text) => new(400, text);
}
