namespace Tallygate.Exposition.Text;

/// <summary>How text pushes are read.</summary>
public sealed record TextParseOptions
{
    /// <summary>The default: names by the old pattern only, as the Pushgateway without <c>--push.enable-utf8-names</c>.</summary>
    public static readonly TextParseOptions Default = new();

    /// <summary>Whether names may be any UTF-8 text in quotes.</summary>
    public bool Utf8Names { get; init; }
}
