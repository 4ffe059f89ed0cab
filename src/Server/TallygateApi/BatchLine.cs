using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Tallygate.Exposition;
using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Server.PushgatewayApi;

namespace Tallygate.Server.TallygateApi;

/// <summary>One line of a batch: a push or a deletion, as JSON.</summary>
internal static class BatchLine
{
    private static readonly HashSet<string> Notes = ["idempotency_key", "run_id", "run_state", "push_time", "ttl", "merge"];

    /// <summary>Reads a line; false, and why, where anything is wrong with it.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> line, PushParseOptions parsing, Utf8StringPool strings, [NotNullWhen(true)] out PushRequest? request, out string error)
    {
        request = null;
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(line);
        }
        catch (JsonException problem)
        {
            error = "no JSON: " + problem.Message;
            return false;
        }

        using (json)
        {
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                error = "a line is an object";
                return false;
            }

            try
            {
                return TryRead(json.RootElement, parsing, strings, out request, out error);
            }
            catch (InvalidOperationException problem)
            {
                // Escapes that make no text, such as half of a pair, are found when the text is asked for.
                error = "no JSON: " + problem.Message;
                return false;
            }
        }
    }

    private static bool TryRead(JsonElement item, PushParseOptions parsing, Utf8StringPool strings, out PushRequest? request, out string error)
    {
        request = null;
        var verb = PushVerb.Replace;
        Labels? labels = null;
        string? metrics = null;
        var given = new Dictionary<string, string>();
        foreach (var member in item.EnumerateObject())
        {
            if (member.NameEquals("labels"))
            {
                if (!TryLabels(member.Value, parsing.Utf8Names, out labels, out error))
                {
                    return false;
                }

                continue;
            }

            if (member.Value.ValueKind != JsonValueKind.String || !(member.Name is "method" or "metrics" || Notes.Contains(member.Name)))
            {
                error = member.Value.ValueKind == JsonValueKind.String ? $"unknown member {GoQuote.Quote(member.Name)}" : $"{member.Name} must be a text";
                return false;
            }

            var text = member.Value.GetString()!;
            switch (member.Name)
            {
                case "metrics":
                    metrics = text;
                    break;
                case "method" when text is "PUT" or "POST" or "DELETE":
                    verb = text switch { "PUT" => PushVerb.Replace, "POST" => PushVerb.Merge, _ => PushVerb.Delete };
                    break;
                case "method":
                    error = $"method must be PUT, POST or DELETE, not {GoQuote.Quote(text)}";
                    return false;
                default:
                    given[member.Name] = text;
                    break;
            }
        }

        return TryMake(verb, labels, metrics, given, parsing, strings, out request, out error);
    }

    private static bool TryMake(
        PushVerb verb, Labels? labels, string? metrics, Dictionary<string, string> given, PushParseOptions parsing, Utf8StringPool strings, out PushRequest? request, out string error)
    {
        request = null;
        if (labels is null || (metrics is not null) != (verb != PushVerb.Delete))
        {
            error = labels is null ? "labels are missing" : verb == PushVerb.Delete ? "DELETE takes no metrics" : "metrics are missing";
            return false;
        }

        if (!PushNotesReader.TryRead(given, out var notes, out error))
        {
            return false;
        }

        if (notes is { BySeries: true } && verb != PushVerb.Merge)
        {
            error = "merge goes with POST";
            return false;
        }

        List<MetricFamily> families = [];
        if (metrics is not null)
        {
            if (!PushBodyParser.TryParse(ExpositionFormat.Text, ByteText.Encode(metrics), parsing, strings, out var read, out var problem))
            {
                error = problem.Text;
                return false;
            }

            families = read;
        }

        error = "";
        request = new PushRequest(verb, labels, families) { Notes = notes };
        return true;
    }

    private static bool TryLabels(JsonElement value, bool utf8Names, out Labels? labels, out string error)
    {
        labels = null;
        error = "labels must be an object of texts";
        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var builder = new LabelsBuilder();
        foreach (var label in value.EnumerateObject())
        {
            if (label.Value.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            var isName = utf8Names ? NameValidation.IsUtf8Name(label.Name) : NameValidation.IsLegacyLabelName(label.Name);
            if (!isName || label.Name.StartsWith("__", StringComparison.Ordinal))
            {
                error = $"improper label name {GoQuote.Quote(label.Name)}";
                return false;
            }

            builder.Set(label.Name, label.Value.GetString()!);
        }

        labels = builder.ToLabels();
        error = labels.Get("job").Length == 0 ? "job name is required" : "";
        return error.Length == 0;
    }
}
