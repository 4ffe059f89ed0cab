using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Head;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Compaction;

/// <summary>
/// Cuts the head into blocks, makes blocks of blocks, and drops what is past retention, a slice at a time.
/// </summary>
/// <remarks>
/// Doctrine. One job runs at a time, and one loop steps it. A cut of the head: samples before its end stop coming in order, blocks are
/// written, they are published, readers of the older state end, the head drops what the blocks have, and a head snapshot is written. A
/// merge: the new block is written, it takes the place of the old ones, and these are deleted when their last reader has gone. A crash
/// anywhere leaves whole blocks only; what stands in both head and blocks is told by <see cref="HeadMark"/>, and what stands in two
/// blocks by the parents that the newer one names. A job whose writing fails leaves the state as it was and is begun again later; what it
/// wrote is deleted. Where not even that succeeds, it is tried until it does, and nothing is begun before. Nor are blocks merged while one
/// that was merged cannot be deleted: the parents of a parent are named nowhere.
/// </remarks>
internal sealed class Compactor : IDisposable
{
    private const int Moment = 0;
    private const int WaitForReaders = 1;
    private const int PiecesPerSlice = 64;
    private const long RetryMs = 30_000;
    private const long PlanEveryMs = 5_000;
    private static readonly TimeSpan _slice = TimeSpan.FromMilliseconds(20);

    private readonly IWalFileSystem _files;
    private readonly string _directory;
    private readonly HeadBlock _head;
    private readonly DatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BlockDirectory _blocks;
    private readonly Func<bool> _snapshot;
    private readonly Action _syncLog;
    private readonly long[] _ranges;
    private readonly ConcurrentQueue<Block> _unused = new();
    private readonly HashSet<Block> _doomed = [];
    private readonly HashSet<string> _leftAlone = [];

    // Blocks of writings that failed, which have their names nevertheless: a start would take them for whole. In the order in which they have to
    // go: one that says what the head has given up must not outlive those that it says it of.
    private readonly List<string> _inDoubt = [];

    // Blocks that others took the place of, or that are past their time, and that could not be deleted.
    private readonly List<string> _undeleted = [];
    private long _deletionDue = long.MinValue;
    private IEnumerator<int>? _job;
    private long _planDue = long.MinValue;
    private bool _disposed;

    /// <param name="snapshot">Writes a head snapshot; says whether it did.</param>
    /// <param name="syncLog">Makes the write-ahead log durable.</param>
    public Compactor(
        IWalFileSystem files,
        string directory,
        HeadBlock head,
        DatabaseOptions options,
        TimeProvider time,
        ILogger logger,
        Func<bool> snapshot,
        Action syncLog)
    {
        _files = files;
        _directory = directory;
        _head = head;
        _options = options;
        _time = time;
        _logger = logger;
        _snapshot = snapshot;
        _syncLog = syncLog;
        _blocks = new BlockDirectory(files, directory, logger);
        var longest = Math.Min(31L * 86_400_000, (long?)options.Retention?.TotalMilliseconds / 10 ?? long.MaxValue);
        _ranges = CompactionPlan.Ranges(Range, longest);
        States = new BlockStates(_unused.Enqueue);
    }

    /// <summary>Which blocks there are.</summary>
    public BlockStates States { get; }

    /// <summary>How many heads were cut into blocks and blocks were merged since the start.</summary>
    public long Done { get; private set; }

    /// <summary>How many times that failed, or a block that was to go could not be deleted.</summary>
    public long Failed { get; private set; }

    /// <summary>Whether the head is being cut, so that a snapshot of it has to wait.</summary>
    public bool IsCutting { get; private set; }

    private long Range => (long)_options.ChunkRange.TotalMilliseconds;

    /// <summary>Opens the blocks there are; <see cref="BlockStates.Publish"/> shows them.</summary>
    /// <exception cref="TsdbCorruptionException">One is damaged.</exception>
    public List<Block> Load() => _blocks.Load();

    /// <summary>Does a slice of what is due.</summary>
    /// <returns>In how many milliseconds to call again.</returns>
    public long Step(long now)
    {
        DeleteUnused();
        DeleteAgain(now);
        if (_job is null && now < _planDue && _planDue - now <= RetryMs)
        {
            return PlanEveryMs;
        }

        try
        {
            _job ??= Plan(now);
            if (_job is null)
            {
                _planDue = now + PlanEveryMs;
                return PlanEveryMs;
            }

            var started = _time.GetTimestamp();
            for (var i = 0; i < PiecesPerSlice; i++)
            {
                if (!_job.MoveNext())
                {
                    EndJob();
                    DeleteUnused();
                    return 10;
                }

                if (_job.Current == WaitForReaders)
                {
                    return 100;
                }

                if (_time.GetElapsedTime(started) > _slice)
                {
                    break;
                }
            }

            return 10;
        }
        catch (IOException e)
        {
            EndJob();
            _planDue = now + RetryMs;
            Failed++;
            Log.CompactionFailed(_logger, _directory, e);
            if (e is TsdbCorruptionException damage)
            {
                // A damaged block would stop all others: it stays as it is, and its readers are told.
                _leftAlone.Add(Path.GetFileName(BlockOf(damage.File)));
            }

            return RetryMs;
        }
    }

    /// <summary>Ends the job at hand, however long it takes, so that blocks may be changed.</summary>
    /// <exception cref="IOException">It failed; nothing is lost, and it will be tried again.</exception>
    public void FinishJob()
    {
        try
        {
            while (_job is not null && _job.MoveNext())
            {
                if (_job.Current == WaitForReaders)
                {
                    Thread.Sleep(1);
                }
            }
        }
        catch (IOException)
        {
            Failed++;
            throw;
        }
        finally
        {
            EndJob();
        }

        DeleteUnused();
    }

    /// <summary>As <see cref="FinishJob"/>, and sees to it that no block stands on disk that is not shown: what is deleted now would stay in it.</summary>
    /// <exception cref="IOException">It failed, or there still is such a block.</exception>
    public void Settle()
    {
        FinishJob();
        DeleteAgain();
        if (_inDoubt.Concat(_undeleted).FirstOrDefault() is { } left)
        {
            throw new IOException($"{Path.Combine(_directory, left)} is to be deleted and could not be; it is tried again");
        }
    }

    /// <summary>Makes the blocks of which samples were deleted anew, without them.</summary>
    /// <exception cref="IOException">A block could not be read or written.</exception>
    public void CleanTombstones()
    {
        Settle();
        foreach (var block in States.Current.Blocks.Where(static b => b.Deleted.Count > 0).ToList())
        {
            _job = Merge([block]).GetEnumerator();
            FinishJob();
        }
    }

    /// <summary>Writes all blocks and, if wanted, what the head has as blocks into another directory.</summary>
    /// <exception cref="IOException">It could not be written; what was is left there.</exception>
    public void CopyTo(string target, bool withHead)
    {
        FinishJob();
        _files.CreateDirectory(target);
        var state = States.Acquire();
        try
        {
            foreach (var block in state.Blocks)
            {
                BlockCopy.Copy(_files, block.Directory, Path.Combine(target, block.Meta.Ulid));
            }

            if (withHead && _head.MaxTime != long.MinValue)
            {
                // In the copy the head is cut where it ends, at this version.
                var (version, source) = _head.Versions.AcquireStand();
                try
                {
                    var mark = new HeadMark(_head.MaxTime + 1, source, 0);
                    foreach (var _ in new HeadCutter(_files, target, _head, state.HeadMinTime, Range, () => Now).Write(version, mark))
                    {
                    }
                }
                finally
                {
                    _head.Versions.Release(version);
                }
            }

            _files.SyncDirectory(target);
        }
        finally
        {
            States.Release(state);
        }
    }

    /// <summary>Puts all that the head has before a time into blocks.</summary>
    public IEnumerable<int> CutHead(long until)
    {
        IsCutting = true;
        var before = States.Current;

        // Commits go on while blocks are written: how much of a series they are to hold is known only for versions that are held.
        var (version, mark) = _head.SealAndHold(until);
        var cutter = new HeadCutter(_files, _directory, _head, before.HeadMinTime, Range, () => Now);
        var written = false;
        try
        {
            // What a block holds must not be numbered anew after a power loss.
            _syncLog();
            foreach (var piece in cutter.Write(version, mark))
            {
                yield return piece;
            }

            written = true;
        }
        finally
        {
            _head.Versions.Release(version);
            if (!written)
            {
                // The last one says that all of them are there: it goes first.
                if (cutter.InDoubt is { } named)
                {
                    _inDoubt.Add(named);
                }

                cutter.Written.Reverse();
                cutter.Written.ForEach(static b => b.Dispose());
                _inDoubt.AddRange(cutter.Written.Select(static b => b.Meta.Ulid));
                DeleteAgain();
            }
        }

        foreach (var block in cutter.Written)
        {
            Log.BlockWritten(_logger, _directory, block.Meta.Ulid, block.Meta.Stats.Series, block.Meta.Stats.Samples, block.Size);
        }

        States.Publish([.. before.Blocks, .. cutter.Written], until);
        while (!States.NobodyIsBehind)
        {
            yield return WaitForReaders;
        }

        foreach (var piece in _head.Truncate(until, version))
        {
            yield return piece;
        }

        yield return Moment;
        _snapshot();
        IsCutting = false;
        Done++;
    }

    /// <summary>Makes one block of several, or of one without what was deleted.</summary>
    public IEnumerable<int> Merge(IReadOnlyList<Block> sources)
    {
        var merger = new BlockMerger(_files, _directory, () => Now);
        try
        {
            foreach (var piece in merger.Merge(sources))
            {
                yield return piece;
            }
        }
        finally
        {
            if (merger.InDoubt is { } named)
            {
                _inDoubt.Add(named);
                DeleteAgain();
            }
        }

        if (merger.Written is { } block)
        {
            Log.BlockWritten(_logger, _directory, block.Meta.Ulid, block.Meta.Stats.Series, block.Meta.Stats.Samples, block.Size);
        }

        Replace(sources, merger.Written);
        Done++;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            EndJob();
            States.Dispose();
            DeleteUnused();
        }
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private IEnumerator<int>? Plan(long now)
    {
        if (_inDoubt.Count > 0)
        {
            return null;
        }

        // The head is let run half a range beyond a block, for what comes a little late.
        var newest = Math.Min(_head.MaxTime, Math.Max(now, _head.OldestTime));
        var oldest = _head.OldestTime;
        if (oldest < long.MaxValue && newest - oldest > Range + (Range / 2))
        {
            var until = TimeRanges.StartOf(newest - (Range / 2), Range);
            if (until > oldest)
            {
                return CutHead(until).GetEnumerator();
            }
        }

        var blocks = States.Current.Blocks;
        var past = Retention.Past(blocks, (long?)_options.Retention?.TotalMilliseconds, _options.MaxBytes, 0);
        if (past.Count > 0)
        {
            past.ForEach(b => Log.BlockPastRetention(_logger, _directory, b.Meta.Ulid));
            Replace(past, null);
        }

        if (_undeleted.Count > 0)
        {
            return null;
        }

        var sources = CompactionPlan.Next([.. States.Current.Blocks.Where(b => !_leftAlone.Contains(b.Meta.Ulid))], _ranges);
        return sources.Count > 0 ? Merge(sources).GetEnumerator() : null;
    }

    private void Replace(IReadOnlyList<Block> old, Block? by)
    {
        lock (_doomed)
        {
            _doomed.UnionWith(old);
        }

        var current = States.Current;
        States.Publish([.. current.Blocks.Except(old), .. by is null ? Array.Empty<Block>() : [by]], current.HeadMinTime);
    }

    private void DeleteAgain(long now)
    {
        if (_inDoubt.Count + _undeleted.Count > 0 && (now >= _deletionDue || _deletionDue - now > RetryMs))
        {
            _deletionDue = now + RetryMs;
            DeleteAgain();
        }
    }

    private void DeleteAgain()
    {
        // In their order, and none before the one in front of it is gone.
        while (_inDoubt.Count > 0 && Delete(_inDoubt[0]))
        {
            _inDoubt.RemoveAt(0);
        }

        _undeleted.RemoveAll(Delete);
    }

    private bool Delete(string ulid)
    {
        var deleted = _blocks.Delete(ulid);
        Failed += deleted ? 0 : 1;
        return deleted;
    }

    private void DeleteUnused()
    {
        while (_unused.TryDequeue(out var block))
        {
            block.Dispose();
            bool doomed;
            lock (_doomed)
            {
                doomed = _doomed.Remove(block);
            }

            if (doomed && !Delete(block.Meta.Ulid))
            {
                _undeleted.Add(block.Meta.Ulid);
            }
        }
    }

    private void EndJob()
    {
        IsCutting = false;
        var job = _job;
        _job = null;
        job?.Dispose();
    }

    private static string BlockOf(string file)
    {
        var directory = Path.GetDirectoryName(file) ?? "";
        return Path.GetFileName(directory) == ChunkSegments.Directory ? Path.GetDirectoryName(directory) ?? "" : directory;
    }
}
