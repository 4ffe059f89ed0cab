using Microsoft.Extensions.Logging;
using Tallygate.Gateway.Expiry;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Reading;
using Tallygate.Gateway.Schedules;
using Tallygate.Gateway.Totals;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Gateway;

/// <summary>
/// The Pushgateway: takes pushes, judges them, makes them durable in the push log, and folds the log into the groups that <c>/metrics</c>
/// shows and
/// into the pushed series. Thread-safe. It owns neither the log nor the store: who gave them disposes of them, after <see
/// cref="StopAsync"/>.
/// </summary>
public sealed class PushGateway
{
    private readonly IPushLog _log;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LatestGroups _groups = new();
    private readonly OpenRuns _runs;
    private readonly PushKeys _keys;
    private readonly RestoredStamps _stamps;
    private readonly RunningTotals _totals;
    private readonly PushSamples _samples;
    private readonly LogTimes _times = new();
    private readonly JobRuns _jobs;
    private readonly TotalsView _shownTotals;
    private readonly TotalsView _trueTotals;
    private readonly long _since;
    private readonly FoldRunner _folds;
    private readonly PushClock _clock = new();
    private readonly PushJudge _judge;
    private readonly PushWriter _writer;
    private readonly PushCounters _counters = new();
    private volatile GatewaySettings _settings;
    private PushTicket? _upkeep;
    private readonly BodyForms _forms = new();
    private readonly GroupExpirer _expirer;
    private PushTicket? _configure;

    /// <summary>Makes a gateway that takes nothing before <see cref="StartAsync"/>.</summary>
    /// <param name="log">The push log, open.</param>
    /// <param name="pushes">The store of the pushed series; no one else writes to it.</param>
    /// <param name="booked">The same store, to find free stamps for late pushes.</param>
    /// <param name="history">The same store, to delete from what it has.</param>
    public PushGateway(
        IPushLog log,
        IAppendableStorage pushes,
        IQueryableStorage booked,
        IDeletableStorage history,
        GatewayOptions options,
        TimeProvider time,
        ILogger<PushGateway> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatch, 1);
        _log = log;
        _options = options;
        _time = time;
        _logger = logger;
        _settings = options.Settings;
        _expirer = new GroupExpirer(_groups);
        _runs = new OpenRuns(() => _settings);
        _keys = new PushKeys(() => _settings);
        _samples = new PushSamples(pushes, history, _runs);
        _stamps = new RestoredStamps(_clock, _runs, Now);
        _totals = new RunningTotals(_runs);
        _shownTotals = new TotalsView(_totals);
        _trueTotals = new TotalsView(_totals);
        _jobs = new JobRuns(_runs);
        _since = Now();
        _folds = new FoldRunner([_runs, _keys, _stamps, _totals, _jobs, _samples, _times, _groups]);
        History = new LogReader(log, _times);
        _judge = new PushJudge(_groups, new PushHistory(_runs, _keys, _totals, _clock, booked, () => _settings), options.ConsistencyCheck);
        _writer = new PushWriter(log, _folds, _judge, _counters, logger, options.QueueLength, options.MaxBatch);
    }

    /// <summary>All groups as last published. Read without locks; take it once for each answer.</summary>
    public GroupsView Groups => _groups.View;

    /// <summary>The push log, to be read.</summary>
    public LogReader History { get; }

    /// <summary>Ends with the writer: after a stop, or with the error after which memory and log no longer agree and the process must
    /// end.</summary>
    public Task Completion => _writer.Completion;

    /// <summary>Replays the log into the groups and the pushed series, then begins to take pushes.</summary>
    /// <param name="progress">Told the position reached, after each batch.</param>
    /// <exception cref="InvalidDataException">The pushed series hold entries that the log does not.</exception>
    public async Task StartAsync(Action<LogPosition>? progress = null, CancellationToken cancellationToken = default)
    {
        await _folds.CatchUpAsync(_log, batch => progress?.Invoke(batch[^1].Position), cancellationToken).ConfigureAwait(false);
        _stamps.Done();
        _judge.Rebuild();
        Log.Replayed(_logger, _folds.Position, Groups.Count);
        Configure(Now());
        _writer.Start();
    }

    /// <summary>
    /// Lets other settings hold from now on; what was decided before stays. Other totals begin with the next entry of the log, before all
    /// pushes that come after this call.
    /// </summary>
    public void Apply(GatewaySettings settings)
    {
        _settings = settings;
        Configure(Now());
    }

    /// <summary>The running totals as a scrape sees them: for a while after its birth a counting total shows 0.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public IReadOnlyList<MetricFamily> Totals(long now) => _shownTotals.Families(now, (long)_settings.ZeroFor.TotalMilliseconds);

    /// <summary>The running totals as they are.</summary>
    public IReadOnlyList<MetricFamily> TrueTotals() => _trueTotals.Families(0, zeroForMs: long.MinValue);

    /// <summary>What is known of the runs of jobs, and how late they are.</summary>
    public IReadOnlyList<MetricFamily> Jobs() => _jobs.Families(_settings, Now(), _since);

    /// <summary>How many values running totals left out, by reason, over the whole log.</summary>
    public long LeftOutOfTotals(LeftOut reason) => _totals.LeftOutFor(reason);

    /// <summary>
    /// Sees to what is due by the clock: runs whose time is over end, and so do the values of groups. It does not wait for the log; the effect comes in the order of
    /// the pushes.
    /// </summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>When to call again, Unix milliseconds.</returns>
    public long Step(long now)
    {
        Configure(now * 1_000_000);
        if (_upkeep is null or { Answered.IsCompleted: true })
        {
            var due = _expirer.Due(_settings, now);
            if (_runs.Count > 0 || due.Count > 0)
            {
                var upkeep = PushTicket.OfUpkeep(now * 1_000_000, due);
                _upkeep = _writer.TryAsk(upkeep) ? upkeep : null;
            }
        }

        return now + 1000;
    }

    /// <summary>
    /// Takes a push. When the outcome is a success, the push is durable, in <see cref="Groups"/>, and in the pushed series.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting for a place in the queue; what is in the queue will be booked.</param>
    public Task<PushOutcome> PushAsync(PushRequest request, CancellationToken cancellationToken = default)
    {
        if (request.Verb is not (PushVerb.Replace or PushVerb.Merge))
        {
            throw new ArgumentException($"{request.Verb} is no push", nameof(request));
        }

        if (PushScreening.GroupingFault(request.Grouping) is { } fault)
        {
            _counters.CountRejected(RejectReason.GroupingLabels);
            return Task.FromResult(new PushOutcome(400, fault));
        }

        return _writer.AskAsync(PushTicket.OfPush(Prepare(request)), cancellationToken).AsTask();
    }

    /// <summary>
    /// Takes a push of a known form, which is judged as any other; for callers that do nothing but write the answer when it comes.
    /// </summary>
    /// <param name="values">What <see cref="PushForm.TryRead"/> gave; the gateway takes them over.</param>
    /// <param name="client">Who pushes; null where it is not known.</param>
    public ValueTask<PushOutcome> PushAsync(PushForm form, PushVerb verb, double[] values, PushClient? client) =>
        _writer.AskAsync(PushTicket.OfPush(form.Fill(verb, values, Now(), client), waitsShortly: true), CancellationToken.None);

    /// <summary>
    /// Learns the form of a push from a text body and what was read from it; null where the next push of the kind must be read as a whole too.
    /// </summary>
    public PushForm? FormOf(PushRequest request, ReadOnlySpan<byte> body) =>
        PushScreening.GroupingFault(request.Grouping) is null ? PushForm.Of(request.Families, body, Prepare(request), _forms.Share) : null;

    /// <summary>Deletes the group with exactly these grouping labels; a success also where there is none.</summary>
    /// <param name="notes">Of what a client may say beside, only the idempotency key counts here.</param>
    public Task<PushOutcome> DeleteAsync(
        Labels grouping, PushNotes? notes = null, PushClient? client = null, CancellationToken cancellationToken = default)
    {
        return _writer.AskAsync(PushTicket.OfDelete(grouping, Now(), DeletionTerms(grouping, notes), client), cancellationToken).AsTask();
    }

    /// <summary>Deletes the groups that are to go, all in one commit.</summary>
    /// <param name="goes">Whether a group is to go. Asked on this thread first, and on the writer's when the group's turn comes.</param>
    /// <returns>The outcome, and the groups that are gone.</returns>
    public async Task<(PushOutcome Outcome, IReadOnlyList<Labels> Gone)> DeleteAsync(
        Predicate<MetricGroup> goes, PushClient? client = null, CancellationToken cancellationToken = default)
    {
        var groups = Groups.Sorted().Where(g => goes(g)).Select(static g => g.Key).ToArray();
        if (groups.Length == 0)
        {
            return (new PushOutcome(200), []);
        }

        var ticket = PushTicket.OfDeletions(groups, goes, Now(), client);
        var outcome = await _writer.AskAsync(ticket, cancellationToken).ConfigureAwait(false);
        return (outcome, outcome.IsSuccess ? [.. ticket.Judgement.Before!.Where(static r => r.Verb == PushVerb.Delete).Select(static r => r.GroupingKey)] : []);
    }

    /// <summary>
    /// Takes many pushes and deletions in one commit: all of them, in their order, or none. What holds for a push holds for each of them; a later one
    /// sees what the earlier ones left.
    /// </summary>
    /// <param name="requests">PUTs, POSTs and, with no families, deletions.</param>
    public async Task<BatchOutcome> PushAsync(IReadOnlyList<PushRequest> requests, PushClient? client = null, CancellationToken cancellationToken = default)
    {
        var items = new PushTicket[requests.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var request = requests[i] with { Client = client };
            if (request.Verb == PushVerb.Delete)
            {
                items[i] = PushTicket.OfDelete(request.Grouping, Now(), DeletionTerms(request.Grouping, request.Notes), client);
                continue;
            }

            if (PushScreening.GroupingFault(request.Grouping) is { } fault)
            {
                _counters.CountRejected(RejectReason.GroupingLabels);
                return new BatchOutcome(new PushOutcome(400, fault), [], i);
            }

            items[i] = PushTicket.OfPush(Prepare(request));
        }

        var ticket = PushTicket.OfBatch(items, Now(), client);
        var outcome = await _writer.AskAsync(ticket, cancellationToken).ConfigureAwait(false);
        return new BatchOutcome(outcome, outcome.IsSuccess ? Array.ConvertAll(items, static i => i.Judgement.Outcome) : [], outcome.IsSuccess ? -1 : ticket.RefusedItem);
    }

    /// <summary>Deletes all groups.</summary>
    public Task<PushOutcome> WipeAsync(PushClient? client = null, CancellationToken cancellationToken = default) =>
        _writer.AskAsync(PushTicket.OfWipe(Now(), client), cancellationToken).AsTask();

    /// <summary>
    /// Deletes pushed samples for good: by an entry of the log, so that pushed series that are made from the log anew do not have them either.
    /// Groups and totals stay as they are. Durable on return.
    /// </summary>
    /// <param name="minTime">The first time, Unix ms.</param>
    /// <param name="maxTime">The last time, Unix ms.</param>
    /// <param name="selectors">Which series: those that all matchers of any of them pick.</param>
    public Task<PushOutcome> ForgetAsync(
        long minTime,
        long maxTime,
        IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors,
        PushClient? client = null,
        CancellationToken cancellationToken = default)
    {
        var forgotten = new ForgottenSamples(minTime, maxTime, selectors).Write();
        return _writer.AskAsync(PushTicket.OfForget(Now(), forgotten, client), cancellationToken).AsTask();
    }

    /// <summary>The counters as they stand now.</summary>
    public GatewayStats Stats() => new()
    {
        ReplacesAccepted = Volatile.Read(ref _counters.Replaces),
        MergesAccepted = Volatile.Read(ref _counters.Merges),
        Deletes = Volatile.Read(ref _counters.Deletes),
        Wipes = Volatile.Read(ref _counters.Wipes),
        RejectedGroupingLabels = _counters.Rejected(RejectReason.GroupingLabels),
        RejectedTimestamps = _counters.Rejected(RejectReason.Timestamps),
        RejectedInconsistent = _counters.Rejected(RejectReason.Inconsistent),
        RejectedTooFast = _counters.Rejected(RejectReason.TooFast),
        RejectedKeyReused = _counters.Rejected(RejectReason.KeyReused),
        RejectedRunEnded = _counters.Rejected(RejectReason.RunEnded),
        RejectedOutsideWindow = _counters.Rejected(RejectReason.OutsideWindow),
        Replayed = Volatile.Read(ref _counters.Replayed),
        Late = Volatile.Read(ref _counters.Late),
        RunsAbandoned = Volatile.Read(ref _counters.RunsAbandoned),
        Expired = Volatile.Read(ref _counters.Expired),
        OpenRuns = _runs.Count,
        IdempotencyKeys = _keys.Count,
        IdempotencyKeysEvicted = _keys.Evicted,
        NotDurable = _counters.Rejected(RejectReason.NotDurable),
        RejectionsSuppressed = Volatile.Read(ref _counters.Suppressed),
        LogFailures = Volatile.Read(ref _counters.LogFailures),
        Batches = Volatile.Read(ref _counters.Batches),
        SamplesRefused = _samples.Refused,
        SamplesBooked = _samples.Booked,
        QueueLength = _writer.QueueLength,
        QueueCapacity = _options.QueueLength,
        Groups = Groups.Count,
        Position = Groups.Position.Value,
    };

    /// <summary>Takes no more, finishes what waits, and ends.</summary>
    public Task StopAsync()
    {
        _writer.Stop();
        return Completion;
    }

    private PreparedPush Prepare(PushRequest request)
    {
        var push = PushScreening.Prepare(request.Verb, request.Grouping, request.Families, Groups.Find(request.Grouping), Now());
        push.Client = request.Client;
        if (request.Notes is { } notes)
        {
            push.TimeFault = TimeFault(notes, push.ReceivedUnixNano);
            push.Terms = TermsOf(notes, request.Verb, push.Grouping, push.Families);
        }

        return push;
    }

    /// <summary>Asks for the totals of the settings to hold, where they do not yet; what fails is asked for again at the next step.</summary>
    private void Configure(long now)
    {
        var wanted = TotalRules.Write(_settings.Totals);
        if (_configure is { Answered.IsCompleted: false } || _totals.Configured.Span.SequenceEqual(wanted))
        {
            return;
        }

        var configure = PushTicket.OfConfigure(now, wanted);
        _configure = _writer.TryAsk(configure) ? configure : null;
    }

    private string? TimeFault(PushNotes notes, long now)
    {
        if (notes.PushTimeUnixNano is not { } time)
        {
            return null;
        }

        var settings = _settings;
        return (now - time) / 1e9 > settings.LateWindow.TotalSeconds
            ? $"the push is {(now - time) / 1_000_000_000} s late; at most {settings.LateWindow.TotalSeconds:0} s are allowed"
            : (time - now) / 1e9 > settings.AheadWindow.TotalSeconds
                ? $"the time of the push lies {(time - now) / 1_000_000_000} s ahead; at most {settings.AheadWindow.TotalSeconds:0} s are allowed"
                : null;
    }

    private static PushTerms? DeletionTerms(Labels grouping, PushNotes? notes) =>
        notes?.IdempotencyKey is null ? null : TermsOf(new PushNotes { IdempotencyKey = notes.IdempotencyKey }, PushVerb.Delete, grouping, []);

    private static PushTerms TermsOf(PushNotes notes, PushVerb verb, Labels grouping, IReadOnlyList<MetricFamily> families) => new()
    {
        Key = notes.IdempotencyKey is { } key
            ? new PushKey(PushFingerprint.OfKey(grouping, key), PushFingerprint.OfBody(verb, notes.RunId, notes.State, families, notes.BySeries))
            : null,
        RunId = notes.RunId,
        State = notes.State,
        PushTimeUnixNano = notes.PushTimeUnixNano,
        TimeToLiveMs = notes.TimeToLive is { } life ? (long)life.TotalMilliseconds : null,
        BySeries = notes.BySeries && verb == PushVerb.Merge,
    };

    private long Now() => (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick;
}
