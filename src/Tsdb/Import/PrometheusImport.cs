using Microsoft.Extensions.Logging;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Head;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Import;

/// <summary>
/// Takes over what Prometheus's head left in a data directory: its log and its finished head chunks. The samples go through an appender, so
/// that what is there already, in blocks or from an import that a crash ended, is not taken twice.
/// </summary>
internal sealed class PrometheusImport(IWalFileSystem files, string directory, HeadBlock head, long now, ILogger logger)
{
    private const int BatchSamples = 10_000;
    private readonly PrometheusLog _log = new(files, Path.Combine(directory, "wal"));
    private readonly PrometheusLog? _late =
        files.ListDirectories(directory).Contains("wbl") ? new PrometheusLog(files, Path.Combine(directory, "wbl")) : null;
    private readonly List<(ulong Series, EncodedChunk Chunk)> _lateChunks = [];
    private readonly List<(int Id, long MinTime, long MaxTime)> _deleted = [];
    private readonly string _chunks = Path.Combine(directory, HeadChunkFiles.FolderName);
    private readonly Dictionary<ulong, Imported> _series = [];
    private IAppender? _appender;
    private int _pending;

    /// <summary>Whether there is anything to take over.</summary>
    public bool IsDue => _log.Exists || _late?.Exists == true;

    /// <summary>Takes everything into the head.</summary>
    /// <exception cref="TsdbCorruptionException">What is there is damaged.</exception>
    public void Run()
    {
        // A chunk stands before its series in no file: labels come from the log, which is read first for them alone.
        foreach (var record in _log.Read())
        {
            Guard(record, static (self, bytes) => self.ReadSeries(bytes));
        }

        if (files.ListDirectories(directory).Contains(HeadChunkFiles.FolderName))
        {
            foreach (var (reference, chunk, isLate) in new HeadChunkFiles(files, _chunks).Read())
            {
                if (isLate)
                {
                    _lateChunks.Add((reference, chunk));
                }
                else if (_series.TryGetValue(reference, out var series))
                {
                    AddChunk(series, chunk);
                    series.InChunks = Math.Max(series.InChunks, chunk.MaxTime);
                }
            }
        }

        foreach (var record in _log.Read())
        {
            Guard(record, static (self, bytes) => self.ReadSamples(bytes));
        }

        Commit();
        RunLate();
        Log.Imported(logger, directory, _series.Count, Samples);
    }

    // Late samples come last: before, what is not newer than what there is was taken by an earlier import, or stands in blocks.
    private void RunLate()
    {
        if (_lateChunks.Count == 0 && _late?.Exists != true)
        {
            return;
        }

        using (head.TakeLate())
        {
            foreach (var (reference, chunk) in _lateChunks)
            {
                if (_series.TryGetValue(reference, out var series))
                {
                    AddChunk(series, chunk);
                }
            }

            foreach (var series in _series.Values)
            {
                series.InChunks = long.MinValue;
            }

            foreach (var record in _late?.Read() ?? [])
            {
                Guard(record, static (self, bytes) => self.ReadSamples(bytes));
            }

            Commit();
        }

        // A deletion hides what comes late, too.
        foreach (var (id, minTime, maxTime) in _deleted)
        {
            head.Delete([id], minTime, maxTime);
        }
    }

    /// <summary>How many samples were taken.</summary>
    public long Samples { get; private set; }

    /// <summary>Gives Prometheus's files other names, once what was taken is durable.</summary>
    public void SetAside()
    {
        _log.SetAside();
        _late?.SetAside();
        if (files.ListDirectories(directory).Contains(HeadChunkFiles.FolderName))
        {
            files.RenameDirectory(_chunks, _chunks + ".imported");
            files.SyncDirectory(directory);
        }
    }

    private void Guard(byte[] record, Action<PrometheusImport, byte[]> read)
    {
        try
        {
            read(this, record);
        }
        catch (InvalidDataException e)
        {
            throw new TsdbCorruptionException(Path.Combine(directory, "wal"), 0, $"a record of Prometheus's log cannot be read: {e.Message}");
        }
    }

    private void ReadSeries(byte[] bytes)
    {
        var record = new PrometheusRecord(bytes);
        if (bytes.Length == 0 || record.Byte() != 1)
        {
            return;
        }

        while (!record.IsAtEnd)
        {
            var reference = (ulong)record.Fixed();
            _series[reference] = new Imported(record.Labels());
        }
    }

    private void ReadSamples(byte[] bytes)
    {
        if (bytes.Length < 2)
        {
            return;
        }

        var record = new PrometheusRecord(bytes);
        switch (record.Byte())
        {
            case 2:
                ReadRun(ref record, static (ref PrometheusRecord r) => (r.Fixed(), null));
                break;
            case 3:
                ReadDeletions(ref record);
                break;
            case 4:
                ReadExemplars(ref record);
                break;
            case 6:
                ReadMetadata(ref record);
                break;
            case 7 or 9:
                ReadRun(ref record, static (ref PrometheusRecord r) => (0, r.Histogram(isFloat: false)));
                break;
            case 8 or 10:
                ReadRun(ref record, static (ref PrometheusRecord r) => (0, r.Histogram(isFloat: true)));
                break;
            case 11:
                ReadNewRun(ref record, static (ref PrometheusRecord r) => (r.Fixed(), null));
                break;
            case 12:
                ReadNewRun(ref record, static (ref PrometheusRecord r) => (0, r.Histogram(isFloat: false)));
                break;
            case 13:
                ReadNewRun(ref record, static (ref PrometheusRecord r) => (0, r.Histogram(isFloat: true)));
                break;
            default:
                // Series, which were read before, and marks of chunks.
                break;
        }
    }

    private void ReadRun(ref PrometheusRecord record, ValueReader read)
    {
        var (reference, time) = (record.Fixed(), record.Fixed());
        while (!record.IsAtEnd)
        {
            var (series, at) = (reference + record.Signed(), time + record.Signed());
            var (bits, histogram) = read(ref record);
            AddFromLog((ulong)series, at, bits, histogram);
        }
    }

    private void ReadNewRun(ref PrometheusRecord record, ValueReader read)
    {
        var (reference, first) = (0L, 0L);
        for (var isFirst = true; !record.IsAtEnd; isFirst = false)
        {
            reference += record.Signed();
            var time = record.Signed();
            if (isFirst)
            {
                first = time;
                record.Signed();
            }
            else
            {
                time += first;
                record.SkipStart();
            }

            var (bits, histogram) = read(ref record);
            AddFromLog((ulong)reference, time, bits, histogram);
        }
    }

    // What is kept of exemplars and metadata is settled by who opens the database.
    private void ReadExemplars(ref PrometheusRecord record)
    {
        if (record.IsAtEnd)
        {
            return;
        }

        var (reference, time) = (record.Fixed(), record.Fixed());
        while (!record.IsAtEnd)
        {
            var (number, at, value) = ((ulong)(reference + record.Signed()), time + record.Signed(), record.Double());
            var labels = record.Labels();
            _appender ??= head.Appender(now);
            if (_series.TryGetValue(number, out var series))
            {
                _appender.Exemplars?.Append(series.Reference, series.Labels, new Exemplar(labels, value, null), at);
            }
        }
    }

    private void ReadMetadata(ref PrometheusRecord record)
    {
        while (!record.IsAtEnd)
        {
            var (reference, type) = (record.Unsigned(), MetricTypeNumber.TypeOf(record.Byte()));
            var (unit, help) = ("", "");
            for (var fields = record.Unsigned(); fields > 0; fields--)
            {
                var (name, text) = (record.Text(), record.Text());
                unit = name == "UNIT" ? text : unit;
                help = name == "HELP" ? text : help;
            }

            _appender ??= head.Appender(now);
            if (_series.TryGetValue(reference, out var series))
            {
                _appender.Metadata?.Note(new FamilyDescription(FamilyOf(series.Labels.Name, type), type, help, unit));
            }
        }
    }

    /// <summary>The family of a series, which Prometheus does not say: the name without what its type puts behind it.</summary>
    private static string FamilyOf(string name, MetricType type)
    {
        string[] suffixes = type switch
        {
            MetricType.Histogram or MetricType.GaugeHistogram => ["_bucket", "_sum", "_count", "_gsum", "_gcount"],
            MetricType.Summary => ["_sum", "_count"],
            _ => [],
        };
        var suffix = Array.Find(suffixes, s => name.Length > s.Length && name.EndsWith(s, StringComparison.Ordinal));
        return suffix is null ? name : name[..^suffix.Length];
    }

    private void ReadDeletions(ref PrometheusRecord record)
    {
        Commit();
        while (!record.IsAtEnd)
        {
            var reference = (ulong)record.Fixed();
            var (minTime, maxTime) = (record.Signed(), record.Signed());
            if (_series.TryGetValue(reference, out var series) && series.Reference.Value > 0)
            {
                head.Delete([(int)series.Reference.Value], minTime, maxTime);
                _deleted.Add(((int)series.Reference.Value, minTime, maxTime));
            }
        }
    }

    private void AddFromLog(ulong reference, long time, long bits, FloatHistogram? histogram)
    {
        // Finished chunks hold what comes before their ends.
        if (_series.TryGetValue(reference, out var series) && time > series.InChunks)
        {
            Add(series, time, bits, histogram);
        }
    }

    private void AddChunk(Imported series, EncodedChunk chunk)
    {
        var data = chunk.Data.ToArray();
        switch (chunk.Encoding)
        {
            case ChunkEncoding.Xor:
                var floats = new XorDecoder(data, 0, data.Length, chunk.Count);
                while (floats.MoveNext())
                {
                    Add(series, floats.Time, floats.Bits, null);
                }

                break;
            case ChunkEncoding.Histogram or ChunkEncoding.FloatHistogram:
                var histograms = new HistogramDecoder(data, 0, data.Length, chunk.Count, chunk.Encoding);
                while (histograms.MoveNext())
                {
                    Add(series, histograms.Time, 0, histograms.Current());
                }

                break;
            default:
                throw new TsdbCorruptionException(_chunks, 0, $"a chunk has the encoding {(byte)chunk.Encoding}, which is not read here");
        }
    }

    private void Add(Imported series, long time, long bits, FloatHistogram? histogram)
    {
        _appender ??= head.Appender(now);
        var reference = series.Reference;
        var status = histogram is null
            ? _appender.Append(ref reference, series.Labels, time, BitConverter.Int64BitsToDouble(bits))
            : _appender.Append(ref reference, series.Labels, time, histogram);
        series.Reference = reference;
        Samples += status == AppendStatus.Appended ? 1 : 0;
        if (++_pending == BatchSamples)
        {
            Commit();
        }
    }

    private void Commit()
    {
        _appender?.Commit();
        _appender = null;
        _pending = 0;
    }

    private delegate (long Bits, FloatHistogram? Histogram) ValueReader(ref PrometheusRecord record);

    /// <summary>A series of Prometheus's log.</summary>
    private sealed class Imported(Labels labels)
    {
        public Labels Labels => labels;

        public SeriesRef Reference { get; set; }

        /// <summary>The end of its newest finished chunk.</summary>
        public long InChunks { get; set; } = long.MinValue;
    }
}
