namespace Tallygate.Model;

/// <summary>A run of native histogram buckets: how many follow, and how far from the end of the run before (for the first: from bucket 0).</summary>
public readonly record struct BucketSpan(int Offset, uint Length);
