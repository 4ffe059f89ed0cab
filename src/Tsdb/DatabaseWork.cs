namespace Tallygate.Tsdb;

/// <summary>How often a database did what it does to its files since it was opened, and how often that failed. What failed is tried again.</summary>
/// <param name="Compactions">Heads cut into blocks, and blocks merged.</param>
/// <param name="CompactionsFailed">Those that failed, and deletions of blocks that did: the older blocks and the head stay whole.</param>
/// <param name="Snapshots">Head snapshots written.</param>
/// <param name="SnapshotsFailed">Head snapshots, or cuts of the write-ahead log behind them, that failed: the older ones stay.</param>
/// <param name="LogFailures">Segments of the write-ahead log that were given up after a failed write or sync, commits that were refused, and syncs that failed until later.</param>
public readonly record struct DatabaseWork(long Compactions, long CompactionsFailed, long Snapshots, long SnapshotsFailed, long LogFailures);
