namespace Tallygate.Exposition;

/// <summary>What to do about faults that all forms of pushes can have.</summary>
internal static class PushHints
{
    /// <summary>About a metric's name that is not allowed; null where any is that is UTF-8.</summary>
    public static string? OfName(PushParseOptions options) =>
        options.Utf8Names ? null : "names of metrics have letters, digits, _ and :, and no digit first; the server's flag --push.enable-utf8-names allows others";
}
