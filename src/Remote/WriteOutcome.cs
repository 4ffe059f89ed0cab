namespace Tallygate.Remote;

/// <summary>What became of a request.</summary>
/// <param name="Error">In Prometheus's words; empty where it is stored.</param>
/// <param name="Samples">How many float samples are stored.</param>
/// <param name="Histograms">How many histogram samples are stored.</param>
public readonly record struct WriteOutcome(WriteStatus Status, string Error, int Samples, int Histograms);
