namespace Tallygate.PromQL;

/// <summary>What a query cost.</summary>
/// <param name="SamplesRead">How many samples were read from the store; a histogram counts for as many floats as it has room for.</param>
/// <param name="SamplesLookedAt">How many samples the windows and look-backs of all steps have together.</param>
/// <param name="PeakSamples">The most samples that were held at a time.</param>
/// <param name="Preparation">The time until the evaluation began.</param>
/// <param name="Evaluation">The time of the evaluation.</param>
public sealed record QueryStatistics(long SamplesRead, long SamplesLookedAt, long PeakSamples, TimeSpan Preparation, TimeSpan Evaluation)
{
    /// <summary>What a query costs of which nothing was to be evaluated.</summary>
    public static readonly QueryStatistics None = new(0, 0, 0, TimeSpan.Zero, TimeSpan.Zero);
}
