using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>
/// What the two readers for scrapes have in common: a position in the body, names, quoted strings and labels. The first error stays.
/// </summary>
internal ref struct SeriesScanner
{
    private readonly Utf8StringPool _pool;
    private readonly List<LabelPlace> _labels = [];
    private Range? _name;
    private bool _nameQuoted;

    public SeriesScanner(ReadOnlySpan<byte> body, Utf8StringPool pool)
    {
        Body = body;
        _pool = pool;
    }

    public readonly ReadOnlySpan<byte> Body { get; }

    /// <summary>The position of the next byte.</summary>
    public int At { get; set; }

    /// <summary>Where the entry at hand begins.</summary>
    public int Start { get; private set; }

    /// <summary>The type that the last TYPE line set.</summary>
    public MetricType TypeInForce { get; set; } = MetricType.Untyped;

    public bool Failed { get; private set; }

    public ExpositionError Error { get; private set; }

    /// <summary>The byte at the position, or -1 behind the last.</summary>
    public readonly int Current => At < Body.Length ? Body[At] : -1;

    public readonly ReadOnlySpan<byte> Rest => Body[At..];

    public void BeginEntry()
    {
        Start = At;
        _labels.Clear();
        _name = null;
    }

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            At++;
        }
    }

    /// <summary>Passes over <paramref name="bytes"/> if they stand here.</summary>
    public bool TryTake(ReadOnlySpan<byte> bytes)
    {
        if (!Rest.StartsWith(bytes))
        {
            return false;
        }

        At += bytes.Length;
        return true;
    }

    /// <summary>Takes the line up to its end, and the end.</summary>
    public ReadOnlySpan<byte> TakeLine()
    {
        var rest = Rest;
        var end = rest.IndexOf((byte)'\n');
        At += end < 0 ? rest.Length : end + 1;
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>Takes a name of the old pattern; empty where none begins here.</summary>
    public ReadOnlySpan<byte> TakeBareName(bool colon)
    {
        var rest = Rest;
        var length = 0;
        while (length < rest.Length
            && (char.IsAsciiLetter((char)rest[length]) || rest[length] == '_' || (colon && rest[length] == ':')
                || (length > 0 && char.IsAsciiDigit((char)rest[length]))))
        {
            length++;
        }

        At += length;
        return rest[..length];
    }

    /// <summary>Takes a quoted string; gives where its inside lies, or null, and does not move, where none stands here.</summary>
    public Range? TakeQuoted(bool newlines)
    {
        if (Current != '"')
        {
            return null;
        }

        for (var i = At + 1; i < Body.Length; i++)
        {
            switch (Body[i])
            {
                case (byte)'\\' when i + 1 < Body.Length && Body[i + 1] != '\n':
                    i++;
                    break;
                case (byte)'\\':
                    return null;
                case (byte)'\n' when !newlines:
                    return null;
                case (byte)'"':
                    var inside = new Range(At + 1, i);
                    At = i + 1;
                    return inside;
            }
        }

        return null;
    }

    /// <summary>Reads the metric name of a HELP, TYPE or UNIT line; null after a failure.</summary>
    public string? TakeMetricName(string keyword)
    {
        var bare = TakeBareName(colon: true);
        if (!bare.IsEmpty)
        {
            return _pool.Get(bare);
        }

        if (TakeQuoted(newlines: true) is { } quoted)
        {
            return Unescape(Body[quoted], quotes: true);
        }

        FailExpected($"expected metric name after {keyword}");
        return null;
    }

    /// <summary>Reads a metric name that stands before braces, if there is one.</summary>
    public void TakeSeriesName()
    {
        var from = At;
        if (!TakeBareName(colon: true).IsEmpty)
        {
            _name = new Range(from, At);
            _nameQuoted = false;
        }
    }

    /// <summary>
    /// Reads labels up to the closing brace, the opening one being behind. <paramref name="strict"/> is OpenMetrics: no blanks, a comma between
    /// labels, no newlines in values.
    /// </summary>
    public bool ReadLabels(bool strict, bool exemplar)
    {
        while (true)
        {
            SkipBlanksUnless(strict);
            if (Current == '}')
            {
                At++;
                return true;
            }

            var from = At;
            Range? quoted = null;
            if (TakeBareName(colon: false).IsEmpty && (quoted = TakeQuoted(newlines: !exemplar)) is null)
            {
                return FailExpected("expected label name");
            }

            var name = quoted ?? new Range(from, At);
            SkipBlanksUnless(strict);
            if (quoted is not null && Current is ',' or '}')
            {
                if (exemplar)
                {
                    return FailExpected("expected label name");
                }

                if (_name is not null)
                {
                    return Fail($"metric name already set while parsing: {Quote(Start, At)}");
                }

                _name = name;
                _nameQuoted = true;
                At += Current == ',' ? 1 : 0;
                continue;
            }

            if (Current != '=')
            {
                return FailExpected("expected equal");
            }

            At++;
            SkipBlanksUnless(strict);
            if (TakeQuoted(newlines: !strict) is not { } value || (exemplar && Body[value].Contains((byte)0)))
            {
                return FailExpected("expected label value");
            }

            if (!Utf8.IsValid(Body[value]))
            {
                return Fail($"invalid UTF-8 label value: {Quote(value.Start.Value - 1, value.End.Value + 1)}");
            }

            _labels.Add(new LabelPlace(name, value, quoted is not null));
            SkipBlanksUnless(strict);
            if (Current == ',')
            {
                At++;
            }
            else if (strict && Current != '}')
            {
                return FailExpected("expected comma or brace close");
            }
        }
    }

    /// <summary>Ends a HELP line whose text was read; <paramref name="quotes"/> are escaped in it or not.</summary>
    public bool EndHelp(string metric, ReadOnlySpan<byte> text, bool quotes, out ExpositionEntry entry)
    {
        entry = new ExpositionEntry { Kind = ExpositionEntryKind.Help, Metric = metric, Text = Unescape(text, quotes) };
        return Utf8.IsValid(text) || FailAtEntry($"help text {GoQuote.Quote(ByteText.Decode(text))} is not a valid utf8 string");
    }

    /// <summary>Ends a TYPE line: the type is in force from now on, or there is none of that name.</summary>
    public bool EndType(string metric, MetricType? type, ReadOnlySpan<byte> text, out ExpositionEntry entry)
    {
        entry = new ExpositionEntry { Kind = ExpositionEntryKind.Type, Metric = metric, Type = type ?? MetricType.Untyped };
        if (type is not { } known)
        {
            return FailAtEntry($"invalid metric type {GoQuote.Quote(ByteText.Decode(text))}");
        }

        TypeInForce = known;
        return true;
    }

    /// <summary>Fails where no metric name was read.</summary>
    public bool RequireName() => _name is not null || Fail($"metric name not set while parsing: {Quote(Start, At)}");

    /// <summary>The labels of the series at hand with the metric name; false, and failed, where a name stands twice.</summary>
    public bool TryBuildSeriesLabels(out Labels labels) => TryBuild(new Label(Labels.MetricName, MetricName()), out labels);

    /// <summary>Puts the labels of the series at hand into <paramref name="labels"/>, their values as they stand; false, and failed, where a name stands twice.</summary>
    public bool TryReadSeriesLabels(List<Label> labels, out string name)
    {
        labels.Clear();
        name = MetricName();
        foreach (var place in _labels)
        {
            var label = place.Quoted ? Unescape(Body[place.Name], quotes: true) : _pool.Get(Body[place.Name]);
            foreach (var other in labels)
            {
                if (other.Name == label)
                {
                    return Fail($"label name {GoQuote.Quote(label)} is not unique: invalid sample");
                }
            }

            labels.Add(new Label(label, Unescape(Body[place.Value], quotes: true)));
        }

        return true;
    }

    /// <summary>The labels read last, without a metric name, which are then forgotten back to <paramref name="kept"/>.</summary>
    public bool TryBuildExemplarLabels(int kept, out Labels labels)
    {
        var places = _labels[kept..];
        var series = _labels[..kept];
        _labels.Clear();
        _labels.AddRange(places);
        var built = TryBuild(null, out labels);
        _labels.Clear();
        _labels.AddRange(series);
        return built;
    }

    /// <summary>How many labels were read for this entry.</summary>
    public readonly int LabelCount => _labels.Count;

    /// <summary>A string with its escapes resolved; what is no escape stays as it is.</summary>
    public readonly string Unescape(ReadOnlySpan<byte> text, bool quotes)
    {
        if (!text.Contains((byte)'\\'))
        {
            return _pool.Get(text);
        }

        var result = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b == '\\' && i + 1 < text.Length && (text[i + 1] is (byte)'\\' or (byte)'n' || (quotes && text[i + 1] == '"')))
            {
                i++;
                b = text[i] == 'n' ? (byte)'\n' : text[i];
            }

            result[length++] = b;
        }

        return _pool.Get(result.AsSpan(0, length));
    }

    /// <summary>Reads a float; the word is quoted in the error.</summary>
    public bool TryReadFloat(ReadOnlySpan<byte> word, out double value)
    {
        if (FloatText.TryParse(word, out value))
        {
            return true;
        }

        return word.IndexOfAny("pP_"u8) >= 0
            ? Fail($"unsupported character in float while parsing: {Quote(Start, At)}")
            : Fail($"strconv.ParseFloat: parsing {GoQuote.Quote(ByteText.Decode(word))}: invalid syntax while parsing: {Quote(Start, At)}");
    }

    public bool FailExpected(string expected)
    {
        var end = Math.Min(At + 1, Body.Length);
        return Fail($"{expected}, got {Quote(At, end)} while parsing: {Quote(Start, end)}");
    }

    public bool Fail(string message) => FailAt(At, message);

    /// <summary>Fails where the entry at hand begins.</summary>
    public bool FailAtEntry(string message) => FailAt(Start, message);

    private bool FailAt(int at, string message)
    {
        if (!Failed)
        {
            var before = Body[..Math.Min(at, Body.Length)];
            Error = new ExpositionError(message, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
            Failed = true;
        }

        return false;
    }

    private readonly string MetricName() => _name is not { } place ? "" : _nameQuoted ? Unescape(Body[place], quotes: true) : _pool.Get(Body[place]);

    private readonly string Quote(int from, int to) => GoQuote.Quote(ByteText.Decode(Body[from..Math.Min(to, Body.Length)]));

    private void SkipBlanksUnless(bool strict)
    {
        if (!strict)
        {
            SkipBlanks();
        }
    }

    private bool TryBuild(Label? name, out Labels labels)
    {
        var sorted = new Label[_labels.Count + (name is null ? 0 : 1)];
        for (var i = 0; i < _labels.Count; i++)
        {
            var place = _labels[i];
            var label = place.Quoted ? Unescape(Body[place.Name], quotes: true) : _pool.Get(Body[place.Name]);
            sorted[i] = new Label(label, name is null ? Unescape(Body[place.Value], quotes: true) : Normalised(label, place.Value));
        }

        if (name is { } metric)
        {
            sorted[^1] = metric;
        }

        Labels.Sort(sorted);
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Name == sorted[i - 1].Name)
            {
                labels = Labels.Empty;
                return Fail($"label name {GoQuote.Quote(sorted[i].Name)} is not unique: invalid sample");
            }
        }

        labels = Labels.FromSorted(sorted);
        return true;
    }

    /// <summary>The values of <c>le</c> and <c>quantile</c> are stored as floats with at least one decimal.</summary>
    private readonly string Normalised(string label, Range value)
    {
        var isBound = (TypeInForce == MetricType.Histogram && label == "le") || (TypeInForce == MetricType.Summary && label == "quantile");
        if (!isBound || !FloatText.TryParse(Body[value], out var bound))
        {
            return Unescape(Body[value], quotes: true);
        }

        Span<byte> text = stackalloc byte[32];
        FloatText.TryFormat(bound, FloatForm.Label, text, out var length);
        return _pool.Get(text[..length]);
    }

    private readonly record struct LabelPlace(Range Name, Range Value, bool Quoted);
}
