namespace Tallygate.Lab;

/// <summary>
/// Makes a history from a seed: jobs of different habits, and what befalls them. Values are whole numbers or eighths, so that sums in floating
/// point have no error of their own and any difference is one of counting.
/// </summary>
internal sealed class HistoryGenerator
{
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private readonly Random _random;
    private readonly List<LabEvent> _events = [];
    private readonly long _length;
    private int _names;

    private HistoryGenerator(int seed)
    {
        _random = new Random(seed);
        _length = _random.NextInt64(10 * Minute, (120 * Minute) + 1);
    }

    public static History Make(int seed)
    {
        var generator = new HistoryGenerator(seed);
        var jobs = generator._random.Next(1, 5);
        for (var job = 0; job < jobs; job++)
        {
            generator.AddJob(job);
        }

        generator.AddTrouble();

        // Events of one moment keep the order in which they were made.
        return new History(seed, generator._length, [.. generator.WithKeys().OrderBy(e => e.AtMs)]);
    }

    /// <summary>
    /// Where a server may die before it answers, clients set keys: without one nobody can know whether a push that had no answer was booked,
    /// and sending it again may count it twice.
    /// </summary>
    private IEnumerable<LabEvent> WithKeys()
    {
        var crashes = _events.Exists(e => e.Kind is LabEventKind.Kill or LabEventKind.PowerLoss);
        return _events.Select(e => crashes && e.Push is { Key: null } push ? e with { Push = push with { Key = Name("k") } } : e);
    }

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private double Value() => Chance(0.1) ? 0 : Chance(0.2) ? _random.Next(1, 8000) / 8.0 : _random.Next(1, 1000);

    private string Name(string kind) => $"{kind}{_names++}";

    private void Push(long at, LabPush push)
    {
        if (at < _length)
        {
            _events.Add(new LabEvent(at, LabEventKind.Push, push));
        }
    }

    private void AddJob(int job)
    {
        var group = $"/job/myjob/batch/b{job}";
        var gap = Chance(0.15) ? _random.NextInt64(5, 3 * Second) : _random.NextInt64(4 * Second, 4 * Minute);
        var most = _random.Next(5, 70);
        var habit = _random.Next(8);
        var types = Chance(0.3) ? (string[])["a", "b"] : [""];
        var at = _random.NextInt64(0, Math.Min(gap * 2, _length));
        for (var i = 0; i < most && at < _length; i++)
        {
            switch (habit)
            {
                case 0:
                    AddRun(at, group, gap);
                    break;
                case 1:
                    AddProgress(at, group, gap);
                    break;
                case 2:
                    AddOwnGroup(at, job);
                    break;
                case 3:
                    Push(at, Plain(group, types) with { Key = Name("k"), LateMs = Chance(0.5) ? _random.NextInt64(1, at + 1) : 0, Times = Chance(0.2) ? 2 : 1 });
                    break;
                case 4:
                    Push(at, Plain(group, types) with { Key = Name("k"), Times = _random.Next(1, 4) });
                    break;
                case 5:
                    AddBurst(at, group, types);
                    break;
                default:
                    Push(at, Plain(group, types) with { Bad = Chance(0.05) });
                    break;
            }

            at += _random.NextInt64(1, gap * 2);
        }
    }

    private LabPush Plain(string group, string[] types) => new(Chance(0.7), group, [.. types.Select(t => (t, Value()))]);

    /// <summary>A start marker when it begins and the result when it ends, of which some never do.</summary>
    private void AddRun(long at, string group, long gap)
    {
        var run = Name("r");
        Push(at, new LabPush(false, group, [], at / 1000.0) { Run = run });
        if (Chance(0.9))
        {
            Push(at + _random.NextInt64(0, gap), new LabPush(false, group, [("", Value())]) { Run = run, EndsRun = true, Key = Chance(0.5) ? Name("k") : null });
        }
    }

    /// <summary>How far it has come, now and then, and at the end the whole.</summary>
    private void AddProgress(long at, string group, long gap)
    {
        var run = Name("r");
        var done = 0.0;
        var steps = _random.Next(1, 6);
        for (var i = 0; i < steps; i++)
        {
            done += Value();
            var last = i == steps - 1;
            Push(at, new LabPush(true, group, [("", done)]) { Run = run, EndsRun = last, Key = Name("k"), Times = Chance(0.2) ? 2 : 1 });
            at += _random.NextInt64(1, (gap / steps) + 2);
        }
    }

    /// <summary>A group for each run, deleted soon after.</summary>
    private void AddOwnGroup(long at, int job)
    {
        var group = $"/job/myjob/batch/b{job}/instance/{Name("i")}";
        Push(at, new LabPush(true, group, [("", Value())]));
        if (Chance(0.8))
        {
            _events.Add(new LabEvent(Math.Min(at + _random.NextInt64(1, Minute), _length - 1), LabEventKind.Delete, Group: group));
        }
    }

    /// <summary>Several runs that end within one millisecond.</summary>
    private void AddBurst(long at, string group, string[] types)
    {
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            Push(at, Plain(group, types));
        }
    }

    private void AddTrouble()
    {
        for (var i = _random.Next(4); i > 0; i--)
        {
            var start = Moment();
            _events.Add(new LabEvent(start, LabEventKind.OutageBegins));
            _events.Add(new LabEvent(start + _random.NextInt64(Second, 10 * Minute), LabEventKind.OutageEnds));
        }

        Add(0.3, 3, LabEventKind.Restart, () => 0);
        Add(0.4, 4, LabEventKind.Kill, () => _random.Next(1, 40));
        Add(0.3, 3, LabEventKind.PowerLoss, () => _random.Next(1, 40));
        Add(0.2, 3, LabEventKind.ClockStep, () => Chance(0.5) ? -_random.NextInt64(1, 900) : _random.NextInt64(1, 30 * Second));
        if (Chance(0.2))
        {
            _events.Add(new LabEvent(Moment(), LabEventKind.Wipe));
        }

        if (Chance(0.3))
        {
            _events.Add(new LabEvent(Moment(), LabEventKind.Delete, Group: "/job/myjob/batch/b0"));
        }
    }

    private void Add(double probability, int most, LabEventKind kind, Func<long> amount)
    {
        if (Chance(probability))
        {
            for (var i = _random.Next(1, most + 1); i > 0; i--)
            {
                _events.Add(new LabEvent(Moment(), kind, Amount: amount()));
            }
        }
    }

    private long Moment() => _random.NextInt64(1, _length);
}
