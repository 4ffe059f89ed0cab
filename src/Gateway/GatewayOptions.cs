namespace Tallygate.Gateway;

/// <summary>What can be set about the gateway.</summary>
public sealed record GatewayOptions
{
    /// <summary>Whether pushes are judged against each other (<c>--push.disable-consistency-check</c> is the opposite).</summary>
    public bool ConsistencyCheck { get; init; } = true;

    /// <summary>How many pushes may wait for the writer; further ones wait at the door.</summary>
    public int QueueLength { get; init; } = 1000;

    /// <summary>What the configuration file says; it may be replaced later.</summary>
    public GatewaySettings Settings { get; init; } = GatewaySettings.Default;

    /// <summary>The most pushes that share one append to the log.</summary>
    public int MaxBatch { get; init; } = 1024;
}
