using System.Text.Json;
using Tallygate.Model;
using Tallygate.Server.PushgatewayApi;

namespace Tallygate.Server.TallygateApi;

/// <summary>Families as Tallygate's own API shows them: name, type, and metrics as the Pushgateway's API shows those.</summary>
internal static class FamilyJson
{
    /// <summary>Writes an array of families.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<MetricFamily> families)
    {
        json.WriteStartArray();
        foreach (var family in families)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, family.Name);
            json.WriteString("type"u8, family.Type.ToString().ToLowerInvariant());
            json.WriteStartArray("metrics"u8);
            foreach (var metric in family.Metrics)
            {
                GroupJson.Metric(json, metric);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
