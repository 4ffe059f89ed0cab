using System.Text.Json;
using Tallygate.PushLog;
using Tallygate.Server.PrometheusApi;

namespace Tallygate.Server.TallygateApi;

/// <summary>An entry of the push log as JSON; what it does not say is left out.</summary>
internal static class PushEntryJson
{
    public static void Write(Utf8JsonWriter json, in PushLogEntry entry)
    {
        var record = entry.Record;
        json.WriteStartObject();
        json.WriteNumber("position"u8, entry.Position.Value);
        json.WriteString("received"u8, EntryWords.Time(record.ReceivedUnixNano));
        json.WriteString("verb"u8, EntryWords.Of(record.Verb));
        json.WriteString("outcome"u8, EntryWords.Of(record.Verdict));
        if (record.Stamp != 0)
        {
            json.WritePropertyName("stamp"u8);
            JsonNumbers.Time(json, record.Stamp);
        }

        if (record.GroupingKey.Count > 0)
        {
            json.WritePropertyName("group"u8);
            LabelJson.Write(json, record.GroupingKey);
        }

        if (record.Reason is { } reason)
        {
            json.WriteString("reason"u8, reason);
        }

        if (record.Suppressed > 0)
        {
            json.WriteNumber("suppressed"u8, record.Suppressed);
        }

        if (record.Terms is { } terms)
        {
            Write(json, terms);
        }

        if (record.Client is { } client)
        {
            json.WriteStartObject("client"u8);
            json.WriteString("address"u8, client.Address);
            json.WriteString("user_agent"u8, client.UserAgent);
            json.WriteEndObject();
        }

        if (record.Families.Count > 0)
        {
            json.WritePropertyName("families"u8);
            FamilyJson.Write(json, record.Families);
        }

        if (record is { Verb: PushVerb.Configure or PushVerb.Forget, Body.Length: > 0 })
        {
            json.WritePropertyName(record.Verb == PushVerb.Configure ? "settings"u8 : "forgotten"u8);
            json.WriteRawValue(record.Body.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PushTerms terms)
    {
        if (terms.RunId is not null || terms.State != RunState.Unsaid)
        {
            json.WriteStartObject("run"u8);
            if (terms.RunId is { } id)
            {
                json.WriteString("id"u8, id);
            }

            if (terms.State != RunState.Unsaid)
            {
                json.WriteString("state"u8, EntryWords.Of(terms.State));
            }

            json.WriteEndObject();
        }

        if (terms.Key is { } key)
        {
            json.WriteString("key"u8, EntryWords.Of(key));
        }

        if (terms.PushTimeUnixNano is { } time)
        {
            json.WriteString("pushed"u8, EntryWords.Time(time));
        }

        if (terms.TimeToLiveMs is { } life)
        {
            json.WriteNumber("time_to_live_ms"u8, life);
        }

        if (terms.BySeries)
        {
            json.WriteBoolean("by_series"u8, true);
        }
    }
}
