using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>Reads the messages of metrics.proto into Model's types. Not thread-safe; of no use any more once it has failed.</summary>
internal sealed class MetricFamilyDecoder(Utf8StringPool pool)
{
    private const string Malformed = "proto: cannot parse invalid wire-format data";

    private readonly List<Label> _labels = [];
    private string? _duplicateLabel;
    private string? _fault;

    /// <summary>What is wrong, once <see cref="ReadFamily"/> has given null.</summary>
    public string Reason { get; private set; } = Malformed;

    /// <summary>Where it is wrong, and how.</summary>
    public string Place { get; private set; } = "";

    /// <summary>The family, or null where the message is malformed.</summary>
    public MetricFamily? ReadFamily(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        var name = "";
        string? help = null;
        string? unit = null;
        ulong type = 0;
        var metrics = new List<Metric>();
        while (reader.Next())
        {
            switch (reader.KnownAs("bbvbb"u8))
            {
                case 1: name = ReadString(ref reader); break;
                case 2: help = ReadString(ref reader); break;
                case 3: type = reader.ReadVarint(); break;
                case 4: reader.FailIf(!TryReadMetric(reader.ReadBytes(), metrics)); break;
                case 5: unit = ReadString(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        if (Ended(reader, "MetricFamily"))
        {
            var place = $"metric family {GoQuote.Quote(name)}" + (reader.Field == 4 ? $", metric {metrics.Count + 1}" : "");
            Place = $"{place}: {_fault}";
            if (_duplicateLabel is { } label)
            {
                Place = place;
                Reason = $"collected metric {GoQuote.Quote(name)} has two or more labels with the same name: {label}";
            }

            return null;
        }

        if (type > (ulong)MetricType.GaugeHistogram)
        {
            // Upstream takes it, and every scrape breaks off at this family from then on.
            Place = $"metric family {GoQuote.Quote(name)}";
            Reason = $"unknown metric type {type} of metric family {GoQuote.Quote(name)}";
            return null;
        }

        return new MetricFamily { Name = name, Help = help, Unit = unit, Type = (MetricType)type, Metrics = metrics.ToArray() };
    }

    /// <summary>Whether reading a message failed; the first time, what went wrong in which message is kept, and that is the innermost one.</summary>
    private bool Ended(in ProtoReader reader, string message)
    {
        if (reader.Failed)
        {
            _fault ??= $"field {reader.Field} of {message} {reader.Fault}";
        }

        return reader.Failed;
    }

    private string ReadString(ref ProtoReader reader) => pool.Get(reader.ReadBytes());

    private bool TryReadMetric(ReadOnlySpan<byte> message, List<Metric> into)
    {
        var reader = new ProtoReader(message);
        _labels.Clear();
        var payload = MetricPayload.None;
        var value = 0.0;
        Summary? summary = null;
        Histogram? histogram = null;
        Exemplar? exemplar = null;
        long? created = null;
        long? timestamp = null;
        Labels? labels = null;
        while (reader.Next())
        {
            switch (reader.KnownAs("bbbbbvb"u8))
            {
                case 1:
                    reader.FailIf(!TryReadLabel(reader.ReadBytes()));
                    break;
                case 2:
                    payload = MetricPayload.Gauge;
                    reader.FailIf(!TryReadValue(reader.ReadBytes(), out value));
                    break;
                case 3:
                    labels = TakeLabels(labels);
                    payload = MetricPayload.Counter;
                    reader.FailIf(!TryReadCounter(reader.ReadBytes(), out value, out exemplar, out created));
                    break;
                case 4:
                    payload = MetricPayload.Summary;
                    summary = ReadSummary(reader.ReadBytes());
                    reader.FailIf(summary is null);
                    break;
                case 5:
                    payload = MetricPayload.Untyped;
                    reader.FailIf(!TryReadValue(reader.ReadBytes(), out value));
                    break;
                case 6:
                    timestamp = unchecked((long)reader.ReadVarint());
                    break;
                case 7:
                    labels = TakeLabels(labels);
                    payload = MetricPayload.Histogram;
                    histogram = ReadHistogram(reader.ReadBytes());
                    reader.FailIf(histogram is null);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        labels = TakeLabels(labels);
        if (Ended(reader, "Metric") || labels is null)
        {
            return false;
        }

        into.Add(new Metric
        {
            Labels = labels,
            Payload = payload,
            Value = value,
            Summary = payload == MetricPayload.Summary ? summary : null,
            Histogram = payload == MetricPayload.Histogram ? histogram : null,
            Exemplar = payload == MetricPayload.Counter ? exemplar : null,
            CreatedUnixNano = payload == MetricPayload.Counter ? created : null,
            TimestampMs = timestamp,
        });
        return true;
    }

    private bool TryReadLabel(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        var name = "";
        var value = "";
        while (reader.Next())
        {
            switch (reader.KnownAs("bb"u8))
            {
                case 1: name = ReadString(ref reader); break;
                case 2: value = ReadString(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        _labels.Add(new Label(name, value));
        return !Ended(reader, "LabelPair");
    }

    /// <summary>
    /// The labels gathered so far, together with <paramref name="before"/>: exemplars inside gather theirs in the same list. Null where a name
    /// stands twice.
    /// </summary>
    private Labels? TakeLabels(Labels? before)
    {
        if (before is not null)
        {
            if (_labels.Count == 0)
            {
                return before;
            }

            foreach (ref readonly var label in before.AsSpan())
            {
                _labels.Add(label);
            }
        }

        var sorted = _labels.ToArray();
        _labels.Clear();
        Labels.Sort(sorted);
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Name == sorted[i - 1].Name)
            {
                _duplicateLabel ??= sorted[i].Name;
            }
        }

        return _duplicateLabel is null ? Labels.FromSorted(sorted) : null;
    }

    private bool TryReadValue(ReadOnlySpan<byte> message, out double value)
    {
        value = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.KnownAs("d"u8) == 1)
            {
                value = reader.ReadDouble();
            }
            else
            {
                reader.Skip();
            }
        }

        return !Ended(reader, "Gauge");
    }

    private bool TryReadCounter(ReadOnlySpan<byte> message, out double value, out Exemplar? exemplar, out long? created)
    {
        value = 0;
        exemplar = null;
        created = null;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.KnownAs("dbb"u8))
            {
                case 1: value = reader.ReadDouble(); break;
                case 2: exemplar = ReadExemplar(ref reader); break;
                case 3: created = ReadTime(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return !Ended(reader, "Counter");
    }

    private Summary? ReadSummary(ReadOnlySpan<byte> message)
    {
        ulong? count = null;
        double? sum = null;
        long? created = null;
        var quantiles = new List<Quantile>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.KnownAs("vdbb"u8))
            {
                case 1: count = reader.ReadVarint(); break;
                case 2: sum = reader.ReadDouble(); break;
                case 3: quantiles.Add(ReadQuantile(ref reader)); break;
                case 4: created = ReadTime(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return Ended(reader, "Summary")
            ? null
            : new Summary { SampleCount = count, SampleSum = sum, Quantiles = [.. quantiles], CreatedUnixNano = created };
    }

    private Quantile ReadQuantile(ref ProtoReader outer)
    {
        var rank = 0.0;
        var value = 0.0;
        var reader = new ProtoReader(outer.ReadBytes());
        while (reader.Next())
        {
            switch (reader.KnownAs("dd"u8))
            {
                case 1: rank = reader.ReadDouble(); break;
                case 2: value = reader.ReadDouble(); break;
                default: reader.Skip(); break;
            }
        }

        outer.FailIf(Ended(reader, "Quantile"));
        return new Quantile(rank, value);
    }

    private Histogram? ReadHistogram(ReadOnlySpan<byte> message)
    {
        var native = default(NativeLists);
        ulong? count = null;
        ulong? zeroCount = null;
        double? countFloat = null;
        double? sum = null;
        double? zeroThreshold = null;
        double? zeroCountFloat = null;
        int? schema = null;
        long? created = null;
        var buckets = new List<ClassicBucket>();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.KnownAs("vdbdvdvdbVDbVDbb"u8))
            {
                case 1: count = reader.ReadVarint(); break;
                case 2: sum = reader.ReadDouble(); break;
                case 3: buckets.Add(ReadBucket(ref reader)); break;
                case 4: countFloat = reader.ReadDouble(); break;
                case 5: schema = unchecked((int)reader.ReadZigZag()); break;
                case 6: zeroThreshold = reader.ReadDouble(); break;
                case 7: zeroCount = reader.ReadVarint(); break;
                case 8: zeroCountFloat = reader.ReadDouble(); break;
                case 9: (native.NegativeSpans ??= []).Add(ReadSpan(ref reader)); break;
                case 10: reader.ReadZigZags(native.NegativeDeltas ??= []); break;
                case 11: reader.ReadDoubles(native.NegativeCounts ??= []); break;
                case 12: (native.PositiveSpans ??= []).Add(ReadSpan(ref reader)); break;
                case 13: reader.ReadZigZags(native.PositiveDeltas ??= []); break;
                case 14: reader.ReadDoubles(native.PositiveCounts ??= []); break;
                case 15: created = ReadTime(ref reader); break;
                case 16: AddExemplar(ref native, ReadExemplar(ref reader)); break;
                default: reader.Skip(); break;
            }
        }

        if (Ended(reader, "Histogram"))
        {
            return null;
        }

        return new Histogram
        {
            SampleCount = count,
            SampleCountFloat = countFloat,
            SampleSum = sum,
            Buckets = [.. buckets],
            CreatedUnixNano = created,
            Schema = schema,
            ZeroThreshold = zeroThreshold,
            ZeroCount = zeroCount,
            ZeroCountFloat = zeroCountFloat,
            NegativeSpans = native.NegativeSpans?.ToArray() ?? [],
            NegativeDeltas = native.NegativeDeltas?.ToArray() ?? [],
            NegativeCounts = native.NegativeCounts?.ToArray() ?? [],
            PositiveSpans = native.PositiveSpans?.ToArray() ?? [],
            PositiveDeltas = native.PositiveDeltas?.ToArray() ?? [],
            PositiveCounts = native.PositiveCounts?.ToArray() ?? [],
            Exemplars = native.Exemplars?.ToArray() ?? [],
        };
    }

    private static void AddExemplar(ref NativeLists native, Exemplar? exemplar)
    {
        if (exemplar is not null)
        {
            (native.Exemplars ??= []).Add(exemplar);
        }
    }

    private ClassicBucket ReadBucket(ref ProtoReader outer)
    {
        ulong? count = null;
        double? countFloat = null;
        var bound = 0.0;
        Exemplar? exemplar = null;
        var reader = new ProtoReader(outer.ReadBytes());
        while (reader.Next())
        {
            switch (reader.KnownAs("vdbd"u8))
            {
                case 1: count = reader.ReadVarint(); break;
                case 2: bound = reader.ReadDouble(); break;
                case 3: exemplar = ReadExemplar(ref reader); break;
                case 4: countFloat = reader.ReadDouble(); break;
                default: reader.Skip(); break;
            }
        }

        outer.FailIf(Ended(reader, "Bucket"));
        return new ClassicBucket(bound, count, countFloat, exemplar);
    }

    private BucketSpan ReadSpan(ref ProtoReader outer)
    {
        var offset = 0;
        var length = 0u;
        var reader = new ProtoReader(outer.ReadBytes());
        while (reader.Next())
        {
            switch (reader.KnownAs("vv"u8))
            {
                case 1: offset = unchecked((int)reader.ReadZigZag()); break;
                case 2: length = unchecked((uint)reader.ReadVarint()); break;
                default: reader.Skip(); break;
            }
        }

        outer.FailIf(Ended(reader, "BucketSpan"));
        return new BucketSpan(offset, length);
    }

    private Exemplar? ReadExemplar(ref ProtoReader outer)
    {
        var value = 0.0;
        long? time = null;
        var reader = new ProtoReader(outer.ReadBytes());
        _labels.Clear();
        while (reader.Next())
        {
            switch (reader.KnownAs("bdb"u8))
            {
                case 1: reader.FailIf(!TryReadLabel(reader.ReadBytes())); break;
                case 2: value = reader.ReadDouble(); break;
                case 3: time = ReadTime(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        var labels = TakeLabels(before: null);
        outer.FailIf(Ended(reader, "Exemplar") || labels is null);
        return outer.Failed ? null : new Exemplar(labels!, value, time);
    }

    /// <summary>A time in nanoseconds, held at the first or last that fits: the years 1677 and 2262.</summary>
    private long ReadTime(ref ProtoReader outer)
    {
        const long NanosPerSecond = 1_000_000_000;
        long seconds = 0;
        long nanos = 0;
        var reader = new ProtoReader(outer.ReadBytes());
        while (reader.Next())
        {
            switch (reader.KnownAs("vv"u8))
            {
                case 1: seconds = unchecked((long)reader.ReadVarint()); break;
                case 2: nanos = unchecked((int)reader.ReadVarint()); break;
                default: reader.Skip(); break;
            }
        }

        outer.FailIf(Ended(reader, "Timestamp"));
        var time = ((Int128)seconds * NanosPerSecond) + nanos;
        return (long)Int128.Clamp(time, long.MinValue, long.MaxValue);
    }

    private struct NativeLists
    {
        public List<BucketSpan>? NegativeSpans;
        public List<long>? NegativeDeltas;
        public List<double>? NegativeCounts;
        public List<BucketSpan>? PositiveSpans;
        public List<long>? PositiveDeltas;
        public List<double>? PositiveCounts;
        public List<Exemplar>? Exemplars;
    }
}
