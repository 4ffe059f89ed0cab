using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Composition;

/// <summary>What a server gets from whoever starts it, beside its options: the defaults are those of the program.</summary>
public sealed record ServerSetup
{
    /// <summary>What time it is. Loops that are stepped by hand take the time of the step instead.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go.</summary>
    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    /// <summary>A configuration that is there already, in place of the file that the options name.</summary>
    public LoadedConfig? Config { get; init; }

    /// <summary>The phase of the in-process sampling: it samples at all Unix milliseconds t with (t - offset) divisible by the scrape interval.</summary>
    public long SamplingOffsetMs { get; init; }
}
