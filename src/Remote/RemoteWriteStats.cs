namespace Tallygate.Remote;

/// <summary>What a receiver has counted since it was made.</summary>
public sealed record RemoteWriteStats
{
    /// <summary>Float samples stored.</summary>
    public required long Samples { get; init; }

    /// <summary>Histogram samples stored.</summary>
    public required long Histograms { get; init; }

    /// <summary>Samples left out because the labels of their series are invalid.</summary>
    public required long InvalidLabels { get; init; }

    /// <summary>Requests refused or malformed.</summary>
    public required long Refused { get; init; }

    /// <summary>Exemplars stored.</summary>
    public required long Exemplars { get; init; }

    /// <summary>Exemplars left out: the store keeps none, or they are bad or not newer than those there are.</summary>
    public required long ExemplarsLeftOut { get; init; }
}
