namespace Tallygate.Server.Configuration;

/// <summary>One flag of the command line.</summary>
/// <param name="Name">The long name, without the dashes.</param>
/// <param name="Help">What it does, for <c>--help</c>.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Apply">Sets it: the options, the values as they were given, and the options after; or an error.</param>
/// <param name="Show">The value in given options, as the flag would be written.</param>
internal sealed record Flag(
    string Name, string Help, FlagKind Kind, Func<ServerOptions, IReadOnlyList<string>, FlagResult> Apply, Func<ServerOptions, string> Show)
{
    /// <summary>A flag of the Pushgateway or Prometheus that only its default works for yet; it is left out of <c>--help</c>.</summary>
    public bool Unsupported { get; init; }
}
