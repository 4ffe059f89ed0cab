using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Compaction;

/// <summary>
/// Writes several blocks as one, without what was deleted. Chunks are copied as they are; they are only written anew where they overlap,
/// where samples of them were deleted, or where several small ones make one. The blocks themselves stay.
/// </summary>
internal sealed class BlockMerger(IWalFileSystem files, string directory, Func<long> now)
{
    private const int SeriesPerPiece = 256;
    private const long BytesPerPiece = 1 << 20;
    private const int SmallChunk = 60;
    private const int FullChunk = 120;
    private readonly SampleEncoder _encoder = new();

    /// <summary>The block that was written; null where nothing was left.</summary>
    public Block? Written { get; private set; }

    /// <summary>A block that has its name, and yet its writing failed; null where there is none.</summary>
    public string? InDoubt { get; private set; }

    /// <summary>How many series were written, and how many there are at most: for who wants to see progress.</summary>
    public (long Done, long All) Progress { get; private set; }

    /// <param name="sources">The blocks, by their first time. Of two samples at one time the first block's counts.</param>
    /// <returns>Pieces, each a moment's work.</returns>
    public IEnumerable<int> Merge(IReadOnlyList<Block> sources)
    {
        var symbols = new Symbols();
        foreach (var block in sources)
        {
            var table = block.Index.Symbols;
            for (var i = 0; i < table.Count; i++)
            {
                symbols.Add(table[i]);
            }

            yield return 0;
        }

        var sorted = symbols.Sorted();
        yield return 0;
        Progress = (0, sources.Sum(static b => b.Meta.Stats.Series));
        var writer = new BlockWriter(files, directory, Ulid.New(now()), sorted);
        var finished = false;
        try
        {
            var inputs = sources.Select(static b => new Input(b)).ToList();
            var (series, bytes) = (0, 0L);
            while (Next(inputs) is { } labels)
            {
                WriteSeries(inputs, labels, writer);
                Progress = (writer.SeriesCount, Progress.All);
                if (++series % SeriesPerPiece == 0 || writer.ChunkBytes - bytes > BytesPerPiece)
                {
                    bytes = writer.ChunkBytes;
                    yield return 0;
                }
            }

            if (writer.SampleCount > 0)
            {
                HeadMark? mark = null;
                foreach (var block in sources)
                {
                    mark = HeadMark.Later(mark, block.Meta.Seal?.Head);
                }

                foreach (var piece in writer.Finish(Describe(sources), mark))
                {
                    yield return piece;
                }

                Written = Block.Open(files, Path.Combine(directory, writer.Ulid));
                finished = true;
            }
        }
        finally
        {
            if (finished)
            {
                writer.Dispose();
            }
            else if (writer.Discard())
            {
                InDoubt = writer.Ulid;
            }
        }
    }

    private static BlockMeta Describe(IReadOnlyList<Block> sources) => new()
    {
        Ulid = "",
        MinTime = sources.Min(static b => b.Meta.MinTime),
        MaxTime = sources.Max(static b => b.Meta.MaxTime),
        Level = sources.Count == 1 ? sources[0].Meta.Level : sources.Max(static b => b.Meta.Level) + 1,
        Sources = [.. sources.SelectMany(static b => b.Meta.Sources).Distinct().Order(StringComparer.Ordinal)],
        Parents = [.. sources.Select(static b => new BlockParent(b.Meta.Ulid, b.Meta.MinTime, b.Meta.MaxTime))],
    };

    private static Labels? Next(List<Input> inputs)
    {
        Labels? least = null;
        foreach (var input in inputs)
        {
            if (input.Labels is { } labels && (least is null || labels.CompareTo(least) < 0))
            {
                least = labels;
            }
        }

        return least;
    }

    private void WriteSeries(List<Input> inputs, Labels labels, BlockWriter writer)
    {
        var parts = new List<Part>();
        foreach (var input in inputs)
        {
            if (input.Labels is { } own && own.Equals(labels))
            {
                parts.Add(input.Take());
            }
        }

        var chunks = parts.SelectMany(static p => p.Entry.Chunks, static (part, chunk) => (part, chunk)).OrderBy(static c => c.chunk.MinTime).ToList();
        var apart = true;
        for (var i = 1; i < chunks.Count && apart; i++)
        {
            apart = chunks[i].chunk.MinTime > chunks[i - 1].chunk.MaxTime;
        }

        if (!apart)
        {
            ISampleCursor? all = null;
            foreach (var part in parts)
            {
                var cursor = part.Cursor(part.Entry.Chunks);
                all = all is null ? cursor : new UnionCursor(all, cursor);
            }

            _encoder.Write(all!, writer);
        }
        else
        {
            WriteApart(chunks, writer);
        }

        writer.EndSeries(labels);
    }

    private void WriteApart(List<(Part Part, ChunkMeta Chunk)> chunks, BlockWriter writer)
    {
        for (var i = 0; i < chunks.Count; i++)
        {
            var (part, chunk) = chunks[i];
            if (Interval.Cover(part.Deleted, chunk.MinTime, chunk.MaxTime))
            {
                continue;
            }

            var bytes = part.Block.Chunks.Read(chunk.Ref);
            if (part.Loses(chunk) || bytes.Encoding == ChunkEncoding.Xor2)
            {
                _encoder.Write(part.Cursor([chunk]), writer);
                continue;
            }

            // Small chunks, as sparse series have them, become one.
            var (count, to) = (bytes.Count, i);
            while (bytes.Encoding == ChunkEncoding.Xor && count < SmallChunk && to + 1 < chunks.Count
                && !chunks[to + 1].Part.Loses(chunks[to + 1].Chunk)
                && chunks[to + 1].Part.Block.Chunks.Read(chunks[to + 1].Chunk.Ref) is { Encoding: ChunkEncoding.Xor } next
                && count + next.Count <= FullChunk)
            {
                count += next.Count;
                to++;
            }

            if (to == i)
            {
                writer.AddChunk(bytes.Encoding, bytes.Data, bytes.Count, chunk.MinTime, chunk.MaxTime);
                continue;
            }

            _encoder.Write(new SequenceCursor([.. chunks[i..(to + 1)].Select(static c => c.Part.Cursor([c.Chunk]))]), writer);
            i = to;
        }
    }

    /// <summary>The series of one block, in their order.</summary>
    private sealed class Input
    {
        private readonly Block _block;
        private readonly IndexSeriesReader _reader;
        private readonly IReadOnlyDictionary<int, Interval[]> _deleted;
        private readonly ReadOnlyMemory<int> _ids;
        private BlockSeriesEntry _entry;
        private int _at = -1;

        public Input(Block block)
        {
            _block = block;
            _reader = block.Index.Series();
            _deleted = block.Deleted;
            _ids = block.Index.All.Ids.ToArray();
            MoveNext();
        }

        public Labels? Labels { get; private set; }

        public Part Take()
        {
            var part = new Part(_block, _entry, _deleted.TryGetValue(_entry.Id, out var deleted) ? deleted : []);
            MoveNext();
            return part;
        }

        private void MoveNext()
        {
            Labels = null;
            if (++_at < _ids.Length)
            {
                _entry = _reader.Read(_ids.Span[_at]);
                Labels = _entry.Labels;
            }
        }
    }

    /// <summary>A series as one block has it.</summary>
    private sealed record Part(Block Block, BlockSeriesEntry Entry, Interval[] Deleted)
    {
        public ISampleCursor Cursor(ChunkMeta[] chunks)
        {
            var cursor = new BlockCursor(Block.Chunks, chunks, long.MinValue, long.MaxValue);
            return Deleted.Length == 0 ? cursor : new DeletingCursor(cursor, Deleted);
        }

        public bool Loses(in ChunkMeta chunk)
        {
            foreach (var deleted in Deleted)
            {
                if (deleted.MinTime <= chunk.MaxTime && deleted.MaxTime >= chunk.MinTime)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
