using System.Globalization;
using System.Text;
using Tallygate.Model;

namespace Tallygate.PromQL.Ast;

/// <summary>Prints durations, <c>@</c> and <c>offset</c>.</summary>
internal static class TimeModifiers
{
    public static void AppendDuration(StringBuilder text, long milliseconds, DurationExpr? calculation)
    {
        if (calculation is null)
        {
            text.Append(PromDuration.Format(milliseconds));
        }
        else
        {
            calculation.AppendTo(text);
        }
    }

    public static void AppendAt(StringBuilder text, long? timestampMs, AtModifier at)
    {
        if (timestampMs is { } ms)
        {
            text.Append(CultureInfo.InvariantCulture, $" @ {ms / 1000.0:F3}");
        }
        else if (at != AtModifier.None)
        {
            text.Append(at == AtModifier.Start ? " @ start()" : " @ end()");
        }
    }

    public static void AppendOffset(StringBuilder text, long offsetMs, DurationExpr? calculation)
    {
        if (offsetMs != 0 || calculation is not null)
        {
            AppendDuration(text.Append(" offset "), offsetMs, calculation);
        }
    }
}
