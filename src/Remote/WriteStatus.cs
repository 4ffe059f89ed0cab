namespace Tallygate.Remote;

/// <summary>What became of a request as a whole.</summary>
public enum WriteStatus
{
    /// <summary>All of it is stored, but for series with invalid labels, which count.</summary>
    Stored,

    /// <summary>It is no WriteRequest; nothing was stored, and sending it again will not help.</summary>
    Malformed,

    /// <summary>A sample of it cannot be stored, so nothing was; sending it again will not help.</summary>
    Refused,
}
