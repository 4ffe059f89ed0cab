using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.Server.Configuration;

/// <summary>Durations of flags, files and requests as time spans; written as <see cref="PromDuration"/> says.</summary>
internal static class DurationText
{
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? error)
    {
        var parsed = PromDuration.TryParse(text, out var milliseconds, out error);
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return parsed;
    }

    public static string Format(TimeSpan duration) => PromDuration.Format((long)duration.TotalMilliseconds);
}
