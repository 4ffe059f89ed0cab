using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Exposition.OpenMetrics;

/// <summary>
/// Reads OpenMetrics 1.0 text as Prometheus scrapes it, and as strictly: syntax, units, and <c># EOF</c> at the end are checked; order, suffixes
/// and bucket counts are not. <c>_created</c> lines are ordinary samples. One reader reads one body on one thread.
/// </summary>
public ref struct OpenMetricsReader
{
    private SeriesScanner _scanner;
    private bool _ended;

    /// <summary>Reads <paramref name="body"/> from its beginning; strings come from <paramref name="pool"/>.</summary>
    public OpenMetricsReader(ReadOnlySpan<byte> body, Utf8StringPool pool) => _scanner = new SeriesScanner(body, pool);

    /// <summary>Whether reading ended at an error.</summary>
    public readonly bool Failed => _scanner.Failed;

    /// <summary>The error, if <see cref="Failed"/>.</summary>
    public readonly ExpositionError Error => _scanner.Error;

    /// <summary>Moves to the next entry; false at the end and at an error, which <see cref="Failed"/> tells apart.</summary>
    public bool Read(out ExpositionEntry entry)
    {
        entry = default;
        if (_scanner.Failed || _ended)
        {
            return false;
        }

        _scanner.BeginEntry();
        return _scanner.Current switch
        {
            -1 => _scanner.Fail("data does not end with # EOF"),
            '#' => ReadMetadata(out entry),
            _ => ReadSeries(out entry),
        };
    }

    /// <summary>
    /// The labels of the series entry at hand with its metric name, <c>le</c> and <c>quantile</c> normalised by the type in force, empty values
    /// kept. False, and <see cref="Failed"/>, where a label stands twice.
    /// </summary>
    public bool TryGetLabels(out Labels labels) => _scanner.TryBuildSeriesLabels(out labels);

    /// <summary>
    /// Puts the labels of the series entry at hand into <paramref name="labels"/> as they stand, without the name. False, and
    /// <see cref="Failed"/>, where a label stands twice.
    /// </summary>
    internal bool TryGetLabels(List<Label> labels, out string name) => _scanner.TryReadSeriesLabels(labels, out name);

    /// <summary>Fails at the entry at hand for a reason that lies not in its form. Always false.</summary>
    internal bool Refuse(string reason) => _scanner.FailAtEntry(reason);

    private bool ReadMetadata(out ExpositionEntry entry)
    {
        entry = default;
        if (_scanner.TryTake("# EOF"u8))
        {
            _scanner.TryTake("\n"u8);
            _ended = true;
            return _scanner.Current != -1 && _scanner.Fail("unexpected data after # EOF");
        }

        var (kind, keyword) = _scanner.TryTake("# HELP "u8) ? (ExpositionEntryKind.Help, "HELP")
            : _scanner.TryTake("# TYPE "u8) ? (ExpositionEntryKind.Type, "TYPE")
            : _scanner.TryTake("# UNIT "u8) ? (ExpositionEntryKind.Unit, "UNIT")
            : (ExpositionEntryKind.None, "");
        if (kind == ExpositionEntryKind.None)
        {
            return _scanner.FailExpected("expected a valid start token");
        }

        if (_scanner.TakeMetricName(keyword) is not { } metric)
        {
            return false;
        }

        if (_scanner.Current != ' ' || !_scanner.Rest.Contains((byte)'\n'))
        {
            return _scanner.Fail($"expected text in {keyword}");
        }

        var text = _scanner.TakeLine()[1..];
        switch (kind)
        {
            case ExpositionEntryKind.Help:
                return _scanner.EndHelp(metric, text, quotes: true, out entry);
            case ExpositionEntryKind.Unit:
                var unit = ByteText.Decode(text);
                entry = new ExpositionEntry { Kind = kind, Metric = metric, Text = unit };
                return unit.Length == 0 || metric.EndsWith("_" + unit, StringComparison.Ordinal)
                    || _scanner.FailAtEntry($"unit {GoQuote.Quote(unit)} not a suffix of metric {GoQuote.Quote(metric)}");
            default:
                return ReadType(metric, text, out entry);
        }
    }

    private bool ReadType(string metric, ReadOnlySpan<byte> text, out ExpositionEntry entry)
    {
        MetricType? type = text switch
        {
            _ when text.SequenceEqual("counter"u8) => MetricType.Counter,
            _ when text.SequenceEqual("gauge"u8) => MetricType.Gauge,
            _ when text.SequenceEqual("histogram"u8) => MetricType.Histogram,
            _ when text.SequenceEqual("gaugehistogram"u8) => MetricType.GaugeHistogram,
            _ when text.SequenceEqual("summary"u8) => MetricType.Summary,
            _ when text.SequenceEqual("info"u8) => MetricType.Info,
            _ when text.SequenceEqual("stateset"u8) => MetricType.StateSet,
            _ when text.SequenceEqual("unknown"u8) => MetricType.Untyped,
            _ => null,
        };
        return _scanner.EndType(metric, type, text, out entry);
    }

    private bool ReadSeries(out ExpositionEntry entry)
    {
        entry = default;
        _scanner.TakeSeriesName();
        if (_scanner.At == _scanner.Start && _scanner.Current != '{')
        {
            return _scanner.FailExpected("expected a valid start token");
        }

        if (_scanner.TryTake("{"u8) && !_scanner.ReadLabels(strict: true, exemplar: false))
        {
            return false;
        }

        var series = _scanner.Body[_scanner.Start.._scanner.At];
        long? timestamp = null;
        Exemplar? exemplar = null;
        if (!_scanner.RequireName() || !ReadFloat("expected value after metric", out var value))
        {
            return false;
        }

        if (!AtExemplar() && _scanner.Current == ' ' && !ReadTimestamp("timestamp", out timestamp))
        {
            return false;
        }

        if (AtExemplar() && !ReadExemplar(out exemplar))
        {
            return false;
        }

        if (!EndLine(exemplar is not null ? "expected next entry after exemplar timestamp"
            : timestamp is not null ? "expected next entry after timestamp" : "expected timestamp or new record"))
        {
            return false;
        }

        entry = new ExpositionEntry
        {
            Kind = ExpositionEntryKind.Series,
            Series = series,
            Value = value,
            TimestampMs = timestamp,
            Exemplar = exemplar,
        };
        return true;
    }

    private readonly bool AtExemplar() => _scanner.Rest.StartsWith(" # {"u8);

    private bool ReadExemplar(out Exemplar? exemplar)
    {
        exemplar = null;
        var kept = _scanner.LabelCount;
        _scanner.At += " # {".Length;
        if (!_scanner.ReadLabels(strict: true, exemplar: true) || !_scanner.TryBuildExemplarLabels(kept, out var labels)
            || !ReadFloat("expected value after exemplar labels", out var value))
        {
            return false;
        }

        double? seconds = null;
        if (_scanner.Current == ' ' && !ReadSeconds("exemplar timestamp", out seconds))
        {
            return false;
        }

        exemplar = new Exemplar(labels, value, seconds is { } time ? ToUnixNano(time) : null);
        return true;
    }

    /// <summary>Reads a blank and a float.</summary>
    private bool ReadFloat(string expected, out double value)
    {
        value = 0;
        var word = TakeWord();
        return word.IsEmpty ? _scanner.FailExpected(expected) : _scanner.TryReadFloat(word, out value);
    }

    /// <summary>Nanoseconds of a time in seconds, rounded to microseconds, of which a float of seconds of our days holds no fractions.</summary>
    internal static long ToUnixNano(double seconds)
    {
        var whole = Math.Floor(seconds);
        return ((long)whole * 1_000_000_000) + ((long)Math.Round((seconds - whole) * 1e6) * 1_000);
    }

    /// <summary>Reads a blank and a time in seconds, which comes in milliseconds, what is below them cut off.</summary>
    private bool ReadTimestamp(string what, out long? milliseconds)
    {
        var read = ReadSeconds(what, out var seconds);
        milliseconds = (long?)(seconds * 1000);
        return read;
    }

    private bool ReadSeconds(string what, out double? seconds)
    {
        const double Latest = long.MaxValue / 1_000_000_000.0;
        seconds = null;
        var word = TakeWord();
        if (word.IsEmpty)
        {
            return _scanner.FailExpected("expected timestamp or new record");
        }

        if (!_scanner.TryReadFloat(word, out var time))
        {
            return false;
        }

        if (!double.IsFinite(time) || Math.Abs(time) >= Latest)
        {
            return _scanner.Fail($"invalid {what} {FloatText.Format(time, FloatForm.General)}");
        }

        seconds = time;
        return true;
    }

    private ReadOnlySpan<byte> TakeWord()
    {
        if (_scanner.Current != ' ')
        {
            return default;
        }

        var rest = _scanner.Rest[1..];
        var length = rest.IndexOfAny((byte)' ', (byte)'\n');
        length = length < 0 ? rest.Length : length;
        _scanner.At += length > 0 ? length + 1 : 0;
        return rest[..length];
    }

    private bool EndLine(string expected)
    {
        if (_scanner.TryTake("\n"u8))
        {
            return true;
        }

        return _scanner.Current == -1 ? _scanner.Fail("data does not end with # EOF") : _scanner.FailExpected(expected);
    }
}
