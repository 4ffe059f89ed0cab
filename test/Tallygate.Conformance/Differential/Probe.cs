using Tallygate.Testing;

namespace Tallygate.Conformance.Differential;

/// <summary>One request of the stream, and what is known about it that its bytes do not tell at a glance.</summary>
/// <param name="Kind">What it tries, for the report.</param>
public sealed record Probe(string Kind, RawRequest Request)
{
    /// <summary>The body before it was packed; null where there is none.</summary>
    public byte[]? Plain { get; init; }

    /// <summary>Whether the old version keeps a lock after it and must be started anew (P260).</summary>
    public bool BlocksPeer { get; init; }

    /// <summary>Whether the request may change what a scrape shows.</summary>
    public bool Changes => Request.Method is not ("GET" or "HEAD" or "OPTIONS");
}
