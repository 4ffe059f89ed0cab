namespace Tallygate.Lab;

/// <summary>Plays a history: what happens goes to the world and into the ledger, and between two things the server's loops run when they are due.</summary>
internal sealed class Player
{
    private const long StartMs = 1_750_000_000_000;
    private const long RetryPauseMs = 300;
    private readonly History _history;
    private readonly LabClock _clock = new();
    private readonly Ledger _ledger = new();
    private readonly long _phaseMs;
    private World _world = null!;
    private long _elapsed;
    private long _skew;
    private bool _sampling = true;
    private bool _stalled;
    private bool _powerWillFail;
    private int _crashes;

    private Player(History history)
    {
        _history = history;
        _phaseMs = new Random(history.Seed).NextInt64(World.IntervalMs);
    }

    public static async Task<LabResult> PlayAsync(History history)
    {
        var player = new Player(history);
        player.SetClock();
        player._world = await World.StartAsync(history.Seed, player._clock, player._phaseMs, history.Recipe);
        await using (player._world)
        {
            return await player.PlayAsync();
        }
    }

    private async Task<LabResult> PlayAsync()
    {
        foreach (var next in _history.Events)
        {
            await AdvanceAsync(next.AtMs);
            await HappenAsync(next);
        }

        await AdvanceAsync(_history.LengthMs);
        _world.DieAt(long.MaxValue);

        // Clocks that were set may have left stamps that lie ahead; the question comes after all of them.
        _elapsed += 60_000;
        SetClock();
        return new LabResult(
            _history.Seed,
            _history.Pushes,
            _crashes,
            _ledger.Sum,
            _ledger.Count,
            _world.Ask("count_over_time(records_processed:pushed[1d])"),
            [.. Methods.All.Select(m => m.Expression.Length == 0 ? _world.Total() : _world.Ask(m.Expression))]);
    }

    private async Task HappenAsync(LabEvent next)
    {
        switch (next.Kind)
        {
            case LabEventKind.Push:
                _ledger.Take(next.Push!);
                for (var i = 0; i < next.Push!.Times; i++)
                {
                    await InsistAsync(() => _world.SendAsync(next.Push));
                }

                break;
            case LabEventKind.Delete:
                _ledger.Delete(next.Group);
                await InsistAsync(() => _world.DeleteAsync(next.Group));
                break;
            case LabEventKind.Wipe:
                _ledger.Wipe();
                await InsistAsync(_world.WipeAsync);
                break;
            case LabEventKind.OutageBegins or LabEventKind.OutageEnds:
                _sampling = next.Kind == LabEventKind.OutageEnds;
                break;
            case LabEventKind.StallBegins or LabEventKind.StallEnds:
                _stalled = next.Kind == LabEventKind.StallBegins;
                break;
            case LabEventKind.Reload:
                _world.Reload();
                break;
            case LabEventKind.Restart:
                await _world.RebootAsync(powerFailed: false);
                break;
            case LabEventKind.ClockStep:
                _skew += next.Amount;
                SetClock();
                break;
            default:
                _powerWillFail = next.Kind == LabEventKind.PowerLoss;
                _world.DieAt(_world.Writes + next.Amount);
                break;
        }
    }

    /// <summary>Asks again until there is an answer, as a client does that means it.</summary>
    private async Task InsistAsync(Func<Task<int>> ask)
    {
        while (true)
        {
            switch (await ask())
            {
                case 0:
                    await CrashAsync();
                    break;
                case 429:
                    await AdvanceAsync(_elapsed + RetryPauseMs);
                    break;
                default:
                    return;
            }
        }
    }

    private async Task AdvanceAsync(long until)
    {
        while (true)
        {
            if (_world.Step(_sampling, _stalled) is not { } due)
            {
                await CrashAsync();
                continue;
            }

            if (_elapsed >= until)
            {
                return;
            }

            _elapsed = Math.Clamp(due - StartMs - _skew, _elapsed + 1, until);
            SetClock();
        }
    }

    private async Task CrashAsync()
    {
        _crashes++;
        await _world.RebootAsync(_powerWillFail);
    }

    private void SetClock() => _clock.Ms = StartMs + _elapsed + _skew;
}
