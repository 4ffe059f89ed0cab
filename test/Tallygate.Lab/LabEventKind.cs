namespace Tallygate.Lab;

/// <summary>What happens in a history.</summary>
internal enum LabEventKind
{
    /// <summary>A client pushes.</summary>
    Push,

    /// <summary>A client deletes a group.</summary>
    Delete,

    /// <summary>An operator wipes all groups.</summary>
    Wipe,

    /// <summary>Nobody scrapes from now on.</summary>
    OutageBegins,

    /// <summary>Scrapes go on.</summary>
    OutageEnds,

    /// <summary>Nothing is scraped or evaluated from now on: the process that does so stands still.</summary>
    StallBegins,

    /// <summary>It goes on.</summary>
    StallEnds,

    /// <summary>The configuration is read anew, with a rule group of another name.</summary>
    Reload,

    /// <summary>The server is stopped and started.</summary>
    Restart,

    /// <summary>The process dies at some write to come; its client sends again when it is back.</summary>
    Kill,

    /// <summary>The power fails at some write to come: what was not synced is gone.</summary>
    PowerLoss,

    /// <summary>The server's clock is set.</summary>
    ClockStep,
}
