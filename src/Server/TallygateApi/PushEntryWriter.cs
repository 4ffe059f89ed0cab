using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tallygate.PushLog;

namespace Tallygate.Server.TallygateApi;

/// <summary>
/// Writes entries of the push log as UTF-8, one after the other: what <c>/api/v1/pushes</c> and <c>tallygate log</c> show.
/// <c>docs/api/pushes.md</c> states each format. Not thread-safe.
/// </summary>
public sealed class PushEntryWriter
{
    private const string CsvHeading = "position,received,stamp,verb,outcome,group,run,run_state,address,user_agent,reason,suppressed,series,value\r\n";
    private const int ShownSamples = 5;

    private readonly IBufferWriter<byte> _target;
    private readonly PushEntryForm _form;
    private readonly StringBuilder _line = new();
    private readonly Utf8JsonWriter? _json;

    /// <param name="target">Takes the bytes; whoever gave it sends them on.</param>
    public PushEntryWriter(IBufferWriter<byte> target, PushEntryForm form)
    {
        _target = target;
        _form = form;
        _json = form == PushEntryForm.Ndjson
            ? new Utf8JsonWriter(target, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true })
            : null;
        if (form == PushEntryForm.Csv)
        {
            Encoding.UTF8.GetBytes(CsvHeading, target);
        }
    }

    /// <summary>The media type of a format.</summary>
    public static string ContentType(PushEntryForm form) => form switch
    {
        PushEntryForm.Ndjson => "application/x-ndjson",
        PushEntryForm.Csv => "text/csv; charset=utf-8; header=present",
        _ => "text/plain; charset=utf-8",
    };

    /// <summary>Writes an entry with the end of its line.</summary>
    public void Write(in PushLogEntry entry)
    {
        if (_json is not null)
        {
            PushEntryJson.Write(_json, entry);
            _json.Flush();
            _json.Reset();
            _target.Write("\n"u8);
            return;
        }

        if (_form == PushEntryForm.Csv)
        {
            Csv(entry);
        }
        else
        {
            Text(entry);
        }

        foreach (var chunk in _line.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, _target);
        }

        _line.Clear();
    }

    private void Csv(in PushLogEntry entry)
    {
        var record = entry.Record;
        var start = _line.Length;
        Field(entry.Position.ToString());
        Field(EntryWords.Time(record.ReceivedUnixNano));
        Field(record.Stamp == 0 ? "" : EntryWords.Time(record.Stamp * 1_000_000));
        Field(EntryWords.Of(record.Verb));
        Field(EntryWords.Of(record.Verdict));
        Field(record.GroupingKey.Count == 0 ? "" : record.GroupingKey.ToString());
        Field(record.Terms?.RunId ?? "");
        Field(record.Terms is { } terms ? EntryWords.Of(terms.State) : "");
        Field(record.Client?.Address ?? "");
        Field(record.Client?.UserAgent ?? "");
        Field(record.Reason ?? "");
        Field(record.Suppressed == 0 ? "" : record.Suppressed.ToString(CultureInfo.InvariantCulture));
        var shared = _line.ToString(start, _line.Length - start);
        _line.Length = start;
        var any = false;
        foreach (var family in record.Families)
        {
            foreach (var (series, value) in EntryWords.Samples(family))
            {
                any = true;
                _line.Append(shared);
                Field(series);
                _line.Append(value).Append("\r\n");
            }
        }

        if (!any)
        {
            _line.Append(shared).Append(",\r\n");
        }
    }

    private void Field(string text)
    {
        // A spreadsheet would take what begins like a formula for one.
        var formula = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t';
        if (formula || text.AsSpan().IndexOfAny("\",\r\n") >= 0)
        {
            _line.Append('"').Append(formula ? "'" : "").Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            _line.Append(text);
        }

        _line.Append(',');
    }

    private void Text(in PushLogEntry entry)
    {
        var record = entry.Record;
        _line.Append(EntryWords.Time(record.ReceivedUnixNano)).Append(" #").Append(entry.Position).Append(' ').Append(EntryWords.Of(record.Verb));
        Part(record.GroupingKey.Count == 0 ? null : record.GroupingKey.ToString());
        var shown = 0;
        foreach (var (series, value) in record.Families.SelectMany(f => EntryWords.Samples(f, record.GroupingKey)))
        {
            if (shown++ < ShownSamples)
            {
                Part($"{series} {value}");
            }
        }

        Part(shown > ShownSamples ? $"and {shown - ShownSamples} more" : null);
        Part(record.Terms?.RunId is { } run ? $"run {run}" : null);
        Part(record.Terms is { State: not RunState.Unsaid and var state } ? EntryWords.Of(state) : null);
        Part(record.Terms?.PushTimeUnixNano is { } time ? $"pushed {EntryWords.Time(time)}" : null);
        Part(record.Client is { } client ? $"from {client.Address} {client.UserAgent}".TrimEnd() : null);
        Part(record.Verdict == PushVerdict.Rejected ? $"REFUSED: {record.Reason}" : record.Reason);
        Part(record.Suppressed > 0 ? string.Create(CultureInfo.InvariantCulture, $"({record.Suppressed} more refusals before)") : null);
        _line.Replace('\n', ' ').Replace('\r', ' ').Append('\n');
    }

    private void Part(string? text)
    {
        if (text is not null)
        {
            _line.Append(_line.Length > 0 ? "  " : "").Append(text);
        }
    }
}
