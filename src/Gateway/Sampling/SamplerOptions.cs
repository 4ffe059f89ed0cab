namespace Tallygate.Gateway.Sampling;

/// <summary>How the gateway view is sampled.</summary>
public sealed record SamplerOptions
{
    /// <summary>Milliseconds from one sample to the next: the scrape interval.</summary>
    public long IntervalMs { get; init; } = 15_000;

    /// <summary>The phase: samples are taken at all times t, in Unix milliseconds, with (t - offset) divisible by the interval.</summary>
    public long OffsetMs { get; init; }

    /// <summary>The label <c>job</c> of the target and of the program's own metrics.</summary>
    public string Job { get; init; } = "tallygate";

    /// <summary>The label <c>instance</c> of the target and of the program's own metrics.</summary>
    public string Instance { get; init; } = "localhost:9091";
}
