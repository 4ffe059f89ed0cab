using Tallygate.Gateway.Folds;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Reading;

/// <summary>
/// The fold that knows the times of the log by blocks of entries, so that a question about a range of times reads no others. The times need not
/// rise: pushes come late, and clocks are set. Any thread may ask.
/// </summary>
internal sealed class LogTimes : IFold
{
    /// <summary>How many entries are one block.</summary>
    public const int BlockEntries = 1024;

    private readonly Lock _gate = new();
    private readonly List<Block> _blocks = [];
    private long _firstBlock = -1;
    private long _position;

    /// <inheritdoc/>
    public string Name => "times of the log";

    /// <inheritdoc/>
    public LogPosition Position => new(Volatile.Read(ref _position));

    /// <summary>The first and the last position of the block that a position lies in.</summary>
    public static (long First, long Last) BlockOf(long position)
    {
        var first = ((position - 1) / BlockEntries * BlockEntries) + 1;
        return (first, first + BlockEntries - 1);
    }

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        var block = (entry.Position.Value - 1) / BlockEntries;
        lock (_gate)
        {
            _firstBlock = _firstBlock < 0 ? block : _firstBlock;
            while (_blocks.Count <= block - _firstBlock)
            {
                _blocks.Add(Block.Empty);
            }

            _blocks[^1] = _blocks[^1].With(LogFilter.MsOf(entry.Record.ReceivedUnixNano), entry.Record.Stamp);
        }

        Volatile.Write(ref _position, entry.Position.Value);
    }

    /// <inheritdoc/>
    public void Publish()
    {
        // Every entry is known at once.
    }

    /// <summary>Whether the block of a position, which is not behind <see cref="Position"/>, may hold entries of the times wanted.</summary>
    public bool MayHold(long position, LogFilter filter)
    {
        lock (_gate)
        {
            var at = ((position - 1) / BlockEntries) - _firstBlock;
            return at >= 0 && at < _blocks.Count && _blocks[(int)at].Overlaps(filter);
        }
    }

    private readonly record struct Block(long LeastReceived, long MostReceived, long LeastStamp, long MostStamp)
    {
        public static readonly Block Empty = new(long.MaxValue, long.MinValue, long.MaxValue, long.MinValue);

        public Block With(long received, long stamp) => new(
            Math.Min(LeastReceived, received),
            Math.Max(MostReceived, received),
            stamp == 0 ? LeastStamp : Math.Min(LeastStamp, stamp),
            stamp == 0 ? MostStamp : Math.Max(MostStamp, stamp));

        public bool Overlaps(LogFilter filter) => filter.ByStamp
            ? LeastStamp <= filter.ToMs && MostStamp >= filter.FromMs
            : LeastReceived <= filter.ToMs && MostReceived >= filter.FromMs;
    }
}
