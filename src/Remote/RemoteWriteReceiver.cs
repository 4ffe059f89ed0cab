using System.Buffers;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Remote;

/// <summary>
/// Receives remote write, version 1: decodes a <c>prometheus.WriteRequest</c> and appends its samples to a store. Thread-safe. When a
/// request is answered as stored, its samples are visible and in the store's write-ahead log, which is synced every second.
/// </summary>
public sealed class RemoteWriteReceiver
{
    private const int SeriesRemembered = 1 << 20;
    private const int FamiliesRemembered = 1 << 17;
    private const long MostAheadMs = 10 * 60 * 1000;
    private const string UnexpectedEnd = "unexpected EOF";

    private readonly IAppendableStorage _storage;
    private readonly TimeProvider _time;
    private readonly SeriesCache _cache = new(SeriesRemembered);
    private readonly LabelReader _labels = new();
    private readonly ReceivedMetadata _metadata = new(FamiliesRemembered);
    private long _samples;
    private long _histograms;
    private long _invalidLabels;
    private long _refused;
    private long _exemplars;
    private long _exemplarsLeftOut;

    /// <param name="storage">Where samples go.</param>
    public RemoteWriteReceiver(IAppendableStorage storage, TimeProvider time)
    {
        _storage = storage;
        _time = time;
    }

    /// <summary>The counters as they stand now.</summary>
    public RemoteWriteStats Stats() => new()
    {
        Samples = Volatile.Read(ref _samples),
        Histograms = Volatile.Read(ref _histograms),
        InvalidLabels = Volatile.Read(ref _invalidLabels),
        Refused = Volatile.Read(ref _refused),
        Exemplars = Volatile.Read(ref _exemplars),
        ExemplarsLeftOut = Volatile.Read(ref _exemplarsLeftOut),
    };

    /// <summary>The newest of what senders said of metric families since the start, in no order.</summary>
    public IReadOnlyList<FamilyDescription> Metadata => _metadata.All();

    /// <summary>Stores a request, whole or not at all.</summary>
    /// <param name="request">The protobuf message, unpacked.</param>
    /// <exception cref="IOException">The store cannot write; nothing was stored, and sending it again may help.</exception>
    public WriteOutcome Write(ReadOnlySpan<byte> request)
    {
        var batch = new Batch(_time.GetUtcNow().ToUnixTimeMilliseconds() + MostAheadMs);
        using var appender = _storage.Appender();
        var reader = new ProtoSpan(request);
        while (reader.Next(out var tag))
        {
            var status = WriteStatus.Stored;
            switch (tag)
            {
                case 0x0A:
                    status = AppendSeries(appender, reader.Bytes(), ref batch);
                    break;
                case 0x1A:
                    status = ReadMetadata(reader.Bytes(), ref batch);
                    break;
                default:
                    // What later versions may add.
                    reader.Skip(tag);
                    break;
            }

            if (status != WriteStatus.Stored)
            {
                return Refuse(status, batch.Error);
            }
        }

        if (reader.Damaged)
        {
            return Refuse(WriteStatus.Malformed, UnexpectedEnd);
        }

        Note(appender, batch.Families);
        appender.Commit();
        _metadata.Note(batch.Families ?? []);
        Interlocked.Add(ref _samples, batch.Samples);
        Interlocked.Add(ref _histograms, batch.Histograms);
        Interlocked.Add(ref _invalidLabels, batch.InvalidLabels);
        Interlocked.Add(ref _exemplars, batch.Exemplars);
        Interlocked.Add(ref _exemplarsLeftOut, batch.ExemplarsLeftOut);
        return new WriteOutcome(WriteStatus.Stored, "", batch.Samples, batch.Histograms);
    }

    private WriteOutcome Refuse(WriteStatus status, string error)
    {
        Interlocked.Increment(ref _refused);
        return new WriteOutcome(status, error, 0, 0);
    }

    private static void Note(IAppender appender, List<FamilyDescription>? families)
    {
        if (families is not null && appender.Metadata is { } metadata)
        {
            families.ForEach(metadata.Note);
        }
    }

    private static WriteStatus ReadMetadata(ReadOnlySpan<byte> bytes, ref Batch batch)
    {
        if (MetadataReader.Read(bytes, out var damaged) is { } family)
        {
            (batch.Families ??= []).Add(family);
        }

        batch.Error = damaged ? UnexpectedEnd : "";
        return damaged ? WriteStatus.Malformed : WriteStatus.Stored;
    }

    private WriteStatus AppendSeries(IAppender appender, ReadOnlySpan<byte> bytes, ref Batch batch)
    {
        // Labels come first and together, unless a sender does it otherwise.
        var start = -1;
        var end = 0;
        var scattered = false;
        var reader = new ProtoSpan(bytes);
        while (reader.At is var at && reader.Next(out var tag))
        {
            reader.Skip(tag);
            if (tag == 0x0A)
            {
                scattered |= start >= 0 && at != end;
                start = start < 0 ? at : start;
                end = reader.At;
            }
        }

        if (reader.Damaged)
        {
            batch.Error = UnexpectedEnd;
            return WriteStatus.Malformed;
        }

        return scattered
            ? AppendScattered(appender, bytes, ref batch)
            : AppendSamples(appender, start < 0 ? default : bytes[start..end], start == 0 ? bytes[end..] : bytes, ref batch);
    }

    private WriteStatus AppendScattered(IAppender appender, ReadOnlySpan<byte> bytes, ref Batch batch)
    {
        var gathered = ArrayPool<byte>.Shared.Rent(bytes.Length);
        var length = 0;
        var reader = new ProtoSpan(bytes);
        while (reader.At is var at && reader.Next(out var tag))
        {
            reader.Skip(tag);
            if (tag == 0x0A)
            {
                bytes[at..reader.At].CopyTo(gathered.AsSpan(length));
                length += reader.At - at;
            }
        }

        try
        {
            return AppendSamples(appender, gathered.AsSpan(0, length), bytes, ref batch);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }

    /// <param name="fields">The label fields.</param>
    /// <param name="rest">The fields of the series, the labels among them or not.</param>
    private WriteStatus AppendSamples(IAppender appender, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> rest, ref Batch batch)
    {
        var series = new KnownSeries { Key = _cache.KeyOf(fields) };
        if (_cache.TryFind(series.Key, out var reference))
        {
            series.Reference = new SeriesRef(reference);
            series.Labels = reference == SeriesCache.Invalid ? null : Labels.Empty;
        }
        else if (!Read(fields, ref series, ref batch))
        {
            return WriteStatus.Malformed;
        }

        var hasExemplars = false;
        var reader = new ProtoSpan(rest);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 0x12:
                    if (AppendSample(appender, fields, reader.Bytes(), ref series, ref batch) is not WriteStatus.Stored and var sample)
                    {
                        return sample;
                    }

                    break;
                case 0x22:
                    if (AppendHistogram(appender, fields, reader.Bytes(), ref series, ref batch) is not WriteStatus.Stored and var histogram)
                    {
                        return histogram;
                    }

                    break;
                case 0x1A:
                    hasExemplars = true;
                    reader.Skip(tag);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return hasExemplars ? AppendExemplars(appender, fields, rest, ref series, ref batch) : WriteStatus.Stored;
    }

    // Behind the samples of either kind, which make the series known.
    private WriteStatus AppendExemplars(
        IAppender appender, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> rest, ref KnownSeries series, ref Batch batch)
    {
        var target = appender.Exemplars;
        var reader = new ProtoSpan(rest);
        while (reader.Next(out var tag))
        {
            if (tag != 0x1A)
            {
                reader.Skip(tag);
                continue;
            }

            var exemplar = ExemplarReader.Read(reader.Bytes(), out var damaged);
            if (damaged)
            {
                batch.Error = UnexpectedEnd;
                return WriteStatus.Malformed;
            }

            if (exemplar is null || target is null || series.Labels is null)
            {
                batch.ExemplarsLeftOut++;
                continue;
            }

            var status = target.Append(series.Reference, series.Labels, exemplar, 0);
            if (status == ExemplarStatus.UnknownSeries && series.Labels.Count == 0
                && Read(fields, ref series, ref batch) && series.Labels is not null)
            {
                status = target.Append(series.Reference, series.Labels, exemplar, 0);
            }

            // Bad exemplars spoil no request: senders would send it again and again.
            var isStored = status is ExemplarStatus.Appended or ExemplarStatus.Duplicate;
            batch.Exemplars += isStored ? 1 : 0;
            batch.ExemplarsLeftOut += isStored ? 0 : 1;
        }

        return WriteStatus.Stored;
    }

    private WriteStatus AppendSample(
        IAppender appender, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> sample, ref KnownSeries series, ref Batch batch)
    {
        var value = 0.0;
        var time = 0L;
        var reader = new ProtoSpan(sample);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 0x09:
                    value = reader.Double();
                    break;
                case 0x10:
                    time = (long)reader.Varint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        if (reader.Damaged)
        {
            batch.Error = UnexpectedEnd;
            return WriteStatus.Malformed;
        }

        if (series.Labels is null)
        {
            batch.InvalidLabels++;
            return WriteStatus.Stored;
        }

        var before = series.Reference;
        var status = appender.Append(ref series.Reference, series.Labels, time, value);
        if (status == AppendStatus.InvalidLabels && series.Labels.Count == 0 && Read(fields, ref series, ref batch) && series.Labels is not null)
        {
            // The store has dropped the series since; its labels bring it back.
            status = appender.Append(ref series.Reference, series.Labels, time, value);
        }

        Remember(before, series);
        batch.Samples++;
        return Judge(status, time, ref batch);
    }

    private WriteStatus AppendHistogram(
        IAppender appender, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> sample, ref KnownSeries series, ref Batch batch)
    {
        if (HistogramReader.Read(sample, out var time) is not { } histogram)
        {
            batch.Error = UnexpectedEnd;
            return WriteStatus.Malformed;
        }

        if (series.Labels is null)
        {
            batch.InvalidLabels++;
            return WriteStatus.Stored;
        }

        if (!StaleMarker.Is(histogram.Sum) && histogram.Validate() is { } problem)
        {
            batch.Error = problem;
            return WriteStatus.Refused;
        }

        if (series.Labels.Count == 0 && !Read(fields, ref series, ref batch))
        {
            return WriteStatus.Malformed;
        }

        // The appender keeps the histogram, so it is offered once, with labels that hold whatever the store knows.
        var before = series.Reference;
        var status = appender.Append(ref series.Reference, series.Labels!, time, histogram);
        Remember(before, series);
        batch.Histograms++;
        return Judge(status, time, ref batch);
    }

    private static WriteStatus Judge(AppendStatus status, long time, ref Batch batch)
    {
        switch (status)
        {
            case AppendStatus.Appended or AppendStatus.Duplicate:
                return WriteStatus.Stored;
            case AppendStatus.OutOfOrder:
                batch.Error = "out of order sample";
                return WriteStatus.Refused;
            case AppendStatus.DuplicateTimestamp:
                batch.Error = "duplicate sample for timestamp";
                return WriteStatus.Refused;
            default:
                batch.Error = time > batch.Latest ? "out of bounds: timestamp is too far in the future" : "out of bounds";
                return WriteStatus.Refused;
        }
    }

    private void Remember(SeriesRef before, in KnownSeries series)
    {
        if (series.Reference != before && series.Reference.Value != SeriesCache.Invalid)
        {
            _cache.Put(series.Key, series.Reference.Value);
        }
    }

    /// <summary>Reads the labels; false where they are no protobuf.</summary>
    private bool Read(ReadOnlySpan<byte> fields, ref KnownSeries series, ref Batch batch)
    {
        series.Labels = _labels.Read(fields, out var damaged);
        if (damaged)
        {
            batch.Error = UnexpectedEnd;
        }
        else if (series.Labels is null)
        {
            _cache.Put(series.Key, SeriesCache.Invalid);
        }

        return !damaged;
    }

    /// <summary>The series at hand. Labels: null where they are invalid; none where the reference alone is known.</summary>
    private struct KnownSeries
    {
        public UInt128 Key;
        public SeriesRef Reference;
        public Labels? Labels;
    }

    /// <summary>What has come of the request so far.</summary>
    private struct Batch(long latest)
    {
        public readonly long Latest = latest;
        public string Error = "";
        public int Samples;
        public int Histograms;
        public int InvalidLabels;
        public int Exemplars;
        public int ExemplarsLeftOut;
        public List<FamilyDescription>? Families;
    }
}
