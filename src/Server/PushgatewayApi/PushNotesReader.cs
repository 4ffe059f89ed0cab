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
    private const long MostSeconds = 9_000_000_000;

    /// <summary>Reads the notes of a request; null where there are none. False where one is wrong.</summary>
    public static bool TryRead(HttpRequest request, out PushNotes? notes, out string error) => TryRead(new NoteTexts(request, null), out notes, out error);

    /// <summary>Reads notes that are given by the names of the parameters.</summary>
    public static bool TryRead(IReadOnlyDictionary<string, string> given, out PushNotes? notes, out string error) =>
        TryRead(new NoteTexts(null, given), out notes, out error);

    private static bool TryRead(in NoteTexts request, out PushNotes? notes, out string error)
    {
        error = "";
        notes = null;
        if (request.Text("Idempotency-Key", "idempotency_key") is { } key)
        {
            if (!IsName(key))
            {
                error = $"Idempotency-Key must have 1 to {PushNotes.MaxNameBytes} bytes";
                return false;
            }

            notes = new PushNotes { IdempotencyKey = key };
        }

        return TryReadRun(request, ref notes, ref error) && TryReadTimes(request, ref notes, ref error) && TryReadLife(request, ref notes, ref error);
    }

    private static bool TryReadRun(in NoteTexts request, ref PushNotes? notes, ref string error)
    {
        if (request.Text("Tallygate-Run-Id", "run_id") is { } run)
        {
            if (!IsName(run))
            {
                error = $"Tallygate-Run-Id must have 1 to {PushNotes.MaxNameBytes} bytes";
                return false;
            }

            notes = (notes ?? new PushNotes()) with { RunId = run };
        }

        if (request.Text("Tallygate-Run-State", "run_state") is not { } text)
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

    private static bool TryReadTimes(in NoteTexts request, ref PushNotes? notes, ref string error)
    {
        if (request.Text("Tallygate-Push-Time", "push_time") is { } time)
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

    private static bool TryReadLife(in NoteTexts request, ref PushNotes? notes, ref string error)
    {
        if (request.Text("Tallygate-Ttl", "ttl") is { } life)
        {
            if (!TryDuration(life, out var duration))
            {
                error = $"Tallygate-Ttl must be a duration like 1h30m or seconds, not {GoQuote.Quote(life)}";
                return false;
            }

            notes = (notes ?? new PushNotes()) with { TimeToLive = duration };
        }

        if (request.Text("Tallygate-Merge", "merge") is { } merge)
        {
            if (merge is not ("series" or "family"))
            {
                error = $"Tallygate-Merge must be series or family, not {GoQuote.Quote(merge)}";
                return false;
            }

            notes = (notes ?? new PushNotes()) with { BySeries = merge == "series" };
        }

        return true;
    }

    private static bool IsName(string text) => text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= PushNotes.MaxNameBytes;

    /// <summary>Unix seconds to the nanosecond, or RFC 3339.</summary>
    private static bool TryTime(string text, out long unixNano)
    {
        unixNano = 0;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            unixNano = seconds <= MostSeconds ? (long)(seconds * 1_000_000_000) : 0;
            return seconds <= MostSeconds;
        }

        if (text.Length >= 20 && text[10] is 'T' or 't'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            unixNano = (date.UtcTicks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick;
            return unixNano >= 0;
        }

        return false;
    }

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            duration = seconds <= MostSeconds ? TimeSpan.FromMilliseconds((long)(seconds * 1000)) : default;
            return seconds <= MostSeconds;
        }

        return DurationText.TryParse(text, out duration, out _);
    }

    /// <summary>Where the texts come from: a request, or a list by the names of the parameters.</summary>
    private readonly struct NoteTexts(HttpRequest? request, IReadOnlyDictionary<string, string>? given)
    {
        public string? Text(string header, string parameter)
        {
            if (request is null)
            {
                return given!.GetValueOrDefault(parameter);
            }

            if (request.Headers.TryGetValue(header, out var values))
            {
                return values.ToString();
            }

            return request.QueryString.HasValue && request.Query.TryGetValue(parameter, out values) ? values.ToString() : null;
        }
    }
}
