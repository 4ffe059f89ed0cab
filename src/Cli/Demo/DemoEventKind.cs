namespace Tallygate.Cli.Demo;

/// <summary>What happens at one moment of the demo's day.</summary>
internal enum DemoEventKind
{
    /// <summary>A run of a batch job ends and pushes how many records it processed.</summary>
    Push,

    /// <summary>Somebody deletes a group.</summary>
    Delete,

    /// <summary>The sampling of the gateway view stops.</summary>
    OutageBegins,

    /// <summary>The sampling goes on.</summary>
    OutageEnds,

    /// <summary>The server stops.</summary>
    Stop,

    /// <summary>The server starts again on its data.</summary>
    Start,
}
