using Tallygate.Gateway.Ingest;

namespace Tallygate.Gateway;

/// <summary>What became of a batch, which is taken whole or not at all.</summary>
/// <param name="Whole">A success: all parts are booked. Else the status and text of the part that was refused.</param>
/// <param name="Items">What became of each part, where the batch is a success; else empty.</param>
/// <param name="Refused">Which part was refused; -1 where none was, or where the reason lies in none of them.</param>
public sealed record BatchOutcome(PushOutcome Whole, IReadOnlyList<PushOutcome> Items, int Refused);
