namespace Tallygate.Exposition;

/// <summary>What to do about faults that all forms of pushes can have.</summary>
internal static class PushHints
{
    /// <summary>About a name that is not allowed, between <paramref name="before"/> and <paramref name="after"/>; empty where any name is.</summary>
    public static string OfName(PushParseOptions options, string before = "", string after = "") =>
        options.Utf8Names ? "" : before + "names have letters, digits and _, metrics also :, and no digit first; --push.enable-utf8-names allows others" + after;
}
