namespace Tallygate.Server.Configuration;

/// <summary>The options after a flag was applied, or why it could not be.</summary>
internal readonly record struct FlagResult(ServerOptions? Options, string? Error)
{
    public static implicit operator FlagResult(ServerOptions options) => new(options, null);

    public static FlagResult Refuse(string error) => new(null, error);
}
