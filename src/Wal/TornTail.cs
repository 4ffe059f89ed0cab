namespace Tallygate.Wal;

/// <summary>
/// What recovery cut off the end of the newest segment: batches that a crash left unfinished and nobody was told to be durable.
/// </summary>
/// <param name="File">The segment's path.</param>
/// <param name="Offset">Where it was cut.</param>
/// <param name="Length">How many bytes went.</param>
/// <param name="Reason">What was wrong there.</param>
public sealed record TornTail(string File, long Offset, long Length, string Reason);
