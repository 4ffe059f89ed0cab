using System.Globalization;
using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>
/// Reads the text format as Prometheus scrapes it: entry by entry, lenient about blanks, order and a missing last newline. One reader reads one
/// body on one thread.
/// </summary>
public ref struct PrometheusTextReader
{
    private SeriesScanner _scanner;

    /// <summary>Reads <paramref name="body"/> from its beginning; strings come from <paramref name="pool"/>.</summary>
    public PrometheusTextReader(ReadOnlySpan<byte> body, Utf8StringPool pool) => _scanner = new SeriesScanner(body, pool);

    /// <summary>Whether reading ended at an error.</summary>
    public readonly bool Failed => _scanner.Failed;

    /// <summary>The error, if <see cref="Failed"/>.</summary>
    public readonly ExpositionError Error => _scanner.Error;

    /// <summary>Moves to the next entry; false at the end and at an error, which <see cref="Failed"/> tells apart.</summary>
    public bool Read(out ExpositionEntry entry)
    {
        entry = default;
        while (!_scanner.Failed)
        {
            _scanner.SkipBlanks();
            _scanner.BeginEntry();
            switch (_scanner.Current)
            {
                case -1:
                    return false;
                case '\n':
                    _scanner.At++;
                    break;
                case '#':
                    return ReadComment(out entry);
                default:
                    return ReadSeries(out entry);
            }
        }

        return false;
    }

    /// <summary>
    /// The labels of the series entry at hand with its metric name, <c>le</c> and <c>quantile</c> normalised by the type in force, empty values
    /// kept. False, and <see cref="Failed"/>, where a label stands twice.
    /// </summary>
    public bool TryGetLabels(out Labels labels) => _scanner.TryBuildSeriesLabels(out labels);

    private bool ReadComment(out ExpositionEntry entry)
    {
        entry = default;
        var from = _scanner.At;
        _scanner.At++;
        var blank = _scanner.Current is ' ' or '\t';
        _scanner.SkipBlanks();
        var isHelp = _scanner.Rest.StartsWith("HELP"u8);
        var keyword = _scanner.Rest;
        if (!blank || (!isHelp && !keyword.StartsWith("TYPE"u8)) || keyword.Length < 5 || keyword[4] is not ((byte)' ' or (byte)'\t'))
        {
            _scanner.At = from;
            entry = new ExpositionEntry { Kind = ExpositionEntryKind.Comment, Text = ByteText.Decode(_scanner.TakeLine()) };
            return true;
        }

        _scanner.At += 5;
        _scanner.SkipBlanks();
        if (_scanner.TakeMetricName(isHelp ? "HELP" : "TYPE") is not { } metric)
        {
            return false;
        }

        // One byte separates the name from the text; a text of blanks only is none.
        var text = _scanner.TakeLine();
        text = text.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0 ? default : text[1..];
        return isHelp ? _scanner.EndHelp(metric, text, quotes: false, out entry) : ReadType(metric, text, out entry);
    }

    private bool ReadType(string metric, ReadOnlySpan<byte> text, out ExpositionEntry entry)
    {
        MetricType? type = text switch
        {
            _ when text.SequenceEqual("counter"u8) => MetricType.Counter,
            _ when text.SequenceEqual("gauge"u8) => MetricType.Gauge,
            _ when text.SequenceEqual("histogram"u8) => MetricType.Histogram,
            _ when text.SequenceEqual("summary"u8) => MetricType.Summary,
            _ when text.SequenceEqual("untyped"u8) => MetricType.Untyped,
            _ => null,
        };
        return _scanner.EndType(metric, type, text, out entry);
    }

    private bool ReadSeries(out ExpositionEntry entry)
    {
        entry = default;
        _scanner.TakeSeriesName();
        var end = _scanner.At;
        if (_scanner.At == _scanner.Start && _scanner.Current != '{')
        {
            return _scanner.FailExpected("expected a valid start token");
        }

        _scanner.SkipBlanks();
        if (_scanner.Current == '{')
        {
            _scanner.At++;
            if (!_scanner.ReadLabels(strict: false, exemplar: false))
            {
                return false;
            }

            end = _scanner.At;
        }

        if (!_scanner.RequireName())
        {
            return false;
        }

        var series = _scanner.Body[_scanner.Start..end];
        _scanner.SkipBlanks();
        var rest = _scanner.Rest;
        var length = rest.IndexOfAny("{ \t\n"u8);
        length = length < 0 ? rest.Length : length;
        if (length == 0 || rest[0] == 0)
        {
            return _scanner.FailExpected("expected value after metric");
        }

        _scanner.At += length;
        if (!_scanner.TryReadFloat(rest[..length], out var value) || !ReadTimestamp(out var timestamp))
        {
            return false;
        }

        entry = new ExpositionEntry { Kind = ExpositionEntryKind.Series, Series = series, Value = value, TimestampMs = timestamp };
        return true;
    }

    private bool ReadTimestamp(out long? timestamp)
    {
        timestamp = null;
        _scanner.SkipBlanks();
        var rest = _scanner.Rest;
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        length = length < 0 ? rest.Length : length;
        if (length > 0)
        {
            _scanner.At += length;
            if (!long.TryParse(rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            {
                return _scanner.Fail($"timestamp {GoQuote.Quote(ByteText.Decode(rest[..length]))} is out of range");
            }

            timestamp = parsed;
            _scanner.SkipBlanks();
        }

        if (_scanner.Current is not ('\n' or -1))
        {
            return _scanner.FailExpected(timestamp is null ? "expected timestamp or new record" : "expected next entry after timestamp");
        }

        _scanner.At += _scanner.Current == '\n' ? 1 : 0;
        return true;
    }
}
