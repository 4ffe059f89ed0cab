using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// The fold behind every exact sum: one sample for each run and series, at the stamp of the entry that ends the run, in
/// <c>&lt;name&gt;:pushed</c>; an accepted push without a run ends one at once. A refused push books one sample of <c>push_failure_time_seconds:pushed</c>. Deletions and wipes leave the pushed series as they are.
/// </summary>
/// <remarks>
/// The store commits the samples of a batch together with the batch's last position, so that a replay neither leaves one out nor books one
/// twice. The series of each group are cached for as long as the group is pushed with the same shape.
/// </remarks>
public sealed class PushSamples : IFold
{
    /// <summary>What the name of a pushed series ends with.</summary>
    public const string Suffix = ":pushed";

    private readonly IAppendableStorage _storage;
    private readonly IDeletableStorage _history;
    private readonly OpenRuns _runs;
    private readonly Dictionary<Labels, GroupSeries> _groups = [];
    private IAppender? _appender;
    private LogPosition _position;
    private long _booked;
    private long _refused;

    /// <summary>Goes on behind the last position that is durable in <paramref name="storage"/>.</summary>
    /// <param name="history">The same store, to delete from what it has.</param>
    /// <param name="runs">The fold of runs, which takes each entry before this one.</param>
    internal PushSamples(IAppendableStorage storage, IDeletableStorage history, OpenRuns runs)
    {
        _storage = storage;
        _history = history;
        _runs = runs;
        _position = new LogPosition(storage.DurableSourcePosition);
    }

    /// <inheritdoc/>
    public string Name => "pushed series";

    /// <inheritdoc/>
    public LogPosition Position => _position;

    /// <summary>Samples booked since the start.</summary>
    public long Booked => Volatile.Read(ref _booked);

    /// <summary>
    /// Samples that the store refused since the start: of two metrics of a push that differ only in empty labels, the second has no series
    /// of its own.
    /// </summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        var record = entry.Record;
        if (record.Verb == PushVerb.Forget)
        {
            Forget(ForgottenSamples.Read(record.Body));
            _position = entry.Position;
            return;
        }

        _appender ??= _storage.Appender();
        if (_runs.Booked(record) is { } families)
        {
            Book(record, families);
        }
        else if (record.Verdict == PushVerdict.Rejected)
        {
            if (!LatestGroups.IsNote(record))
            {
                SeriesOf(record.GroupingKey).BookFailure(_appender, record);
            }
        }
        else if (record.Verb is PushVerb.Delete or PushVerb.Expire)
        {
            _groups.Remove(record.GroupingKey);
        }
        else if (record.Verb is PushVerb.Wipe)
        {
            _groups.Clear();
        }

        _position = entry.Position;
    }

    /// <inheritdoc/>
    public void Publish()
    {
        if (_appender is { } appender)
        {
            _appender = null;
            appender.Commit(_position.Value);
            appender.Dispose();
        }
    }

    /// <summary>What came before must be there to be forgotten, and what comes after must not be there yet.</summary>
    private void Forget(ForgottenSamples forgotten)
    {
        Publish();
        foreach (var selector in forgotten.Selectors)
        {
            _history.Delete(forgotten.MinTime, forgotten.MaxTime, selector);
        }
    }

    private void Book(PushRecord record, IReadOnlyList<MetricFamily> families)
    {
        var (booked, refused) = SeriesOf(record.GroupingKey).Book(_appender!, record, families);
        Volatile.Write(ref _booked, _booked + booked);
        Volatile.Write(ref _refused, _refused + refused);
    }

    private GroupSeries SeriesOf(Labels key)
    {
        if (!_groups.TryGetValue(key, out var series))
        {
            series = new GroupSeries(key);
            _groups.Add(key, series);
        }

        return series;
    }
}
