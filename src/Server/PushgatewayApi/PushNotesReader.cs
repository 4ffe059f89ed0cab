using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>
/// Reads what a push says beside its group and metrics, from headers or, for clients that cannot set any, from the query; a header wins.
/// A push that says nothing costs nothing.
/// </summary>
internal static class PushNotesReader
{
    private static readonly (string Header, string Parameter)[] NotServed = [("Tallygate-Ttl", "ttl"), ("Tallygate-Merge", "merge")];

    /// <summary>Reads the notes; null where there are none. False where one is wrong.</summary>
    public static bool TryRead(HttpRequest request, out PushNotes? notes, out string error)
    {
        error = "";
        notes = null;
        if (Text(request, "Idempotency-Key", "idempotency_key") is { } key)
        {
            if (!IsName(key))
            {
                error = $"Idempotency-Key must have 1 to {PushNotes.MaxNameBytes} bytes";
                return false;
            }

            notes = new PushNotes { IdempotencyKey = key };
        }

        return TryReadRun(request, ref notes, ref error) && TryReadTimes(request, ref notes, ref error) && TryReadNotServed(request, ref error);
    }

    private static bool TryReadRun(HttpRequest request, ref PushNotes? notes, ref string error)
    {
        if (Text(request, "Tallygate-Run-Id", "run_id") is { } run)
        {
            if (!IsName(run))
            {
                error = $"Tallygate-Run-Id must have 1 to {PushNotes.MaxNameBytes} bytes";
                return false;
            }

            notes = (notes ?? new PushNotes()) with { RunId = run };
        }

        if (Text(request, "Tallygate-Run-State", "run_state") is not { } text)
        {
            return true;
        }

        var state = text switch
        {
            "running" => RunState.Running,
            "finished" => RunState.Finished,
            "failed" => RunState.Failed,
            _ => RunState.Unsaid,
        };
        if (state == RunState.Unsaid || (state == RunState.Running && notes?.RunId is null))
        {
            error = state == RunState.Unsaid
                ? $"Tallygate-Run-State must be running, finished or failed, not {GoQuote.Quote(text)}"
                : "a push without Tallygate-Run-Id is a run that ends at once: it cannot be running";
            return false;
        }

        notes = (notes ?? new PushNotes()) with { State = state };
        return true;
    }

    private static bool TryReadTimes(HttpRequest request, ref PushNotes? notes, ref string error)
    {
        if (Text(request, "Tallygate-Push-Time", "push_time") is { } time)
        {
            if (!TryTime(time, out var unixNano))
            {
                error = $"Tallygate-Push-Time must be Unix seconds or RFC 3339, not {GoQuote.Quote(time)}";
                return false;
            }

            notes = (notes ?? new PushNotes()) with { PushTimeUnixNano = unixNano };
        }

        return true;
    }

    private static bool TryReadNotServed(HttpRequest request, ref string error)
    {
        // A push whose wish would be forgotten is better refused: the sender hears that it is not served yet.
        foreach (var (header, parameter) in NotServed)
        {
            if (Text(request, header, parameter) is not null)
            {
                error = $"{header} is not supported yet";
                return false;
            }
        }

        return true;
    }

    private static string? Text(HttpRequest request, string header, string parameter)
    {
        if (request.Headers.TryGetValue(header, out var values))
        {
            return values.ToString();
        }

        return request.QueryString.HasValue && request.Query.TryGetValue(parameter, out values) ? values.ToString() : null;
    }

    private static bool IsName(string text) => text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= PushNotes.MaxNameBytes;

    /// <summary>Unix seconds to the nanosecond, or RFC 3339.</summary>
    private static bool TryTime(string text, out long unixNano)
    {
        const long MaxSeconds = 9_000_000_000;
        unixNano = 0;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            unixNano = seconds <= MaxSeconds ? (long)(seconds * 1_000_000_000) : 0;
            return seconds <= MaxSeconds;
        }

        if (text.Length >= 20 && text[10] is 'T' or 't'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            unixNano = (date.UtcTicks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick;
            return unixNano >= 0;
        }

        return false;
    }
}
