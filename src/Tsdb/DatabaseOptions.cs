using Tallygate.Tsdb.Head;
using Tallygate.Tsdb.Notes;
using Tallygate.Wal;

namespace Tallygate.Tsdb;

/// <summary>How a database behaves. The defaults are those of <c>samples/</c>.</summary>
public sealed record DatabaseOptions
{
    /// <summary>For samples that have no other truth: a write-ahead log keeps every commit, and samples come in order.</summary>
    public static DatabaseOptions Samples { get; } = new();

    /// <summary>
    /// For samples derived from another log: no log of its own, samples of any time in any order, durable by head snapshots that carry the
    /// source position.
    /// </summary>
    public static DatabaseOptions Pushes { get; } = new()
    {
        WriteAheadLog = false,
        AllowOutOfOrder = true,
        MaxAhead = null,
        Retention = TimeSpan.FromDays(400),
        SnapshotAfterBytes = 64 << 20,
    };

    /// <summary>Whether commits are written to a log of the database's own before they return.</summary>
    public bool WriteAheadLog { get; init; } = true;

    /// <summary>Whether a series takes samples older than its newest.</summary>
    public bool AllowOutOfOrder { get; init; }

    /// <summary>
    /// How far behind the newest sample of the database a late sample may lie; null: any time, where <see cref="AllowOutOfOrder"/> allows
    /// late samples at all.
    /// </summary>
    public TimeSpan? OutOfOrderWindow { get; init; }

    /// <summary>How far ahead of now a sample may lie; null: any time.</summary>
    public TimeSpan? MaxAhead { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long samples are kept; null: for ever. Older ones are refused, unless samples may come out of order.</summary>
    public TimeSpan? Retention { get; init; } = TimeSpan.FromDays(15);

    /// <summary>How many bytes blocks, log and head snapshot may take; the oldest blocks go first. 0: any number.</summary>
    public long MaxBytes { get; init; }

    /// <summary>The time range of a block that the head is cut into; chunks are cut at its ends. Blocks of blocks are three times as long each.</summary>
    public TimeSpan ChunkRange { get; init; } = TimeSpan.FromHours(2);

    /// <summary>After how many bytes of log or of source a head snapshot is written.</summary>
    public long SnapshotAfterBytes { get; init; } = 4 << 20;

    /// <summary>How many exemplars are kept, of all series together; 0: none, until that is changed; null: none at all.</summary>
    public int? MaxExemplars { get; init; }

    /// <summary>Whether what is said of families is kept, as durably as samples.</summary>
    public bool KeepMetadata { get; init; }

    /// <summary>The files; null is the real disk.</summary>
    public IWalFileSystem? Files { get; init; }

    /// <summary>All that is wrong with the options; empty where they are good.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (MaxAhead < TimeSpan.Zero)
        {
            problems.Add("MaxAhead is negative");
        }

        if (Retention <= TimeSpan.Zero)
        {
            problems.Add("Retention is not positive");
        }

        if (OutOfOrderWindow < TimeSpan.Zero || MaxBytes < 0)
        {
            problems.Add("OutOfOrderWindow or MaxBytes is negative");
        }

        if (ChunkRange < TimeSpan.FromSeconds(1))
        {
            problems.Add("ChunkRange is less than a second");
        }

        if (MaxExemplars < 0)
        {
            problems.Add("MaxExemplars is negative");
        }

        if (SnapshotAfterBytes <= 0)
        {
            problems.Add("SnapshotAfterBytes is not positive");
        }

        return problems;
    }

    /// <summary>Makes an empty head that takes and keeps what the options say.</summary>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    internal HeadBlock MakeHead()
    {
        if (Validate() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join("; ", problems));
        }

        long? window = AllowOutOfOrder ? (long?)OutOfOrderWindow?.TotalMilliseconds ?? long.MaxValue : null;
        var keepsNotes = KeepMetadata || MaxExemplars is not null;
        return new HeadBlock(new HeadOptions(
            window,
            (long?)MaxAhead?.TotalMilliseconds,
            (long?)Retention?.TotalMilliseconds,
            (long)ChunkRange.TotalMilliseconds))
        {
            Notes = !keepsNotes ? null : new HeadNotes(
                MaxExemplars is { } most ? new ExemplarRing(most, window ?? 0) : null,
                KeepMetadata ? new MetadataBook() : null),
        };
    }
}
