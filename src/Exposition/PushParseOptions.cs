using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>How pushes are read.</summary>
public sealed record PushParseOptions
{
    /// <summary>The default: names by the old pattern only, as the Pushgateway without <c>--push.enable-utf8-names</c>.</summary>
    public static readonly PushParseOptions Default = new();

    /// <summary>Whether names may be any UTF-8 text: in quotes in the text formats, as they are in protobuf.</summary>
    public bool Utf8Names { get; init; }

    /// <summary>Whether <paramref name="name"/> may be the name of a metric.</summary>
    public bool AllowsMetricName(string name) => Utf8Names ? NameValidation.IsUtf8Name(name) : NameValidation.IsLegacyMetricName(name);

    /// <summary>Whether <paramref name="name"/> may be the name of a label.</summary>
    public bool AllowsLabelName(string name) => Utf8Names ? NameValidation.IsUtf8Name(name) : NameValidation.IsLegacyLabelName(name);
}
