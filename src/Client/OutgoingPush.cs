namespace Tallygate.Client;

/// <summary>One push as it leaves a script: all that is needed to deliver it now or days later, once and at its own time.</summary>
public sealed record OutgoingPush
{
    /// <summary>The server and the group.</summary>
    public required PushTarget Target { get; init; }

    /// <summary>What it does to the group.</summary>
    public required PushMethod Method { get; init; }

    /// <summary>When it was made, in nanoseconds since 1970.</summary>
    public required long TimeNs { get; init; }

    /// <summary>Tells a second delivery from a second push; at most 255 bytes.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The run that it belongs to, if it is not a run of its own.</summary>
    public string? RunId { get; init; }

    /// <summary><c>finished</c> or <c>failed</c> where it ends its run.</summary>
    public string? RunState { get; init; }

    /// <summary>The type of the body.</summary>
    public string ContentType { get; init; } = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Further headers. No credentials: they are read anew at each delivery and never stand in a file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The metrics.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}
