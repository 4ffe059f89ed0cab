using System.Text.Json;
using Tallygate.Model;

namespace Tallygate.Server.PrometheusApi;

/// <summary>Labels as a JSON object, in name order.</summary>
internal static class LabelJson
{
    public static void Write(Utf8JsonWriter json, Labels labels)
    {
        json.WriteStartObject();
        foreach (ref readonly var label in labels.AsSpan())
        {
            json.WriteString(label.Name, label.Value);
        }

        json.WriteEndObject();
    }
}
