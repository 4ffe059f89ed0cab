using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Printing;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>Points and spans of time.</summary>
internal static class TimeFunctions
{
    public static IEnumerable<TemplateFunction> All =>
    [
        new("now", [], static (run, _) => new FloatValue(run.Context.Time / 1000.0)),
        new("toTime", [null], static (_, a) => Time(HumanizeFunctions.Float(a[0]))),
        new("toDuration", [null], static (_, a) => new DurationValue((long)(HumanizeFunctions.Float(a[0]) * 1e9))),
        new("humanizeTimestamp", [null], static (_, a) => new TextValue(Timestamp(HumanizeFunctions.Float(a[0])))),
        new("parseDuration", [TemplateFunction.Text], static (_, a) => new FloatValue(Seconds(((TextValue)a[0]!).Value))),
    ];

    private static TimeValue Time(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            throw new TemplateFunctionException("value is NaN or Inf");
        }

        var nanoseconds = seconds * 1e9;
        return Math.Abs(nanoseconds) > long.MaxValue
            ? throw new TemplateFunctionException(
                $"{FloatText.Format(seconds, FloatForm.General)} cannot be represented as a nanoseconds timestamp since it overflows int64")
            : new TimeValue((long)nanoseconds / 1_000_000);
    }

    private static string Timestamp(double seconds) => double.IsFinite(seconds) ? Time(seconds).OwnText : GoFloat.Format(seconds, 'g', 4);

    private static double Seconds(string text)
    {
        var isNegative = text.StartsWith('-');
        return PromDuration.TryParse(text.AsSpan(isNegative ? 1 : 0), out var milliseconds, out var error)
            ? (isNegative ? -milliseconds : milliseconds) / 1000.0
            : throw new TemplateFunctionException(error);
    }
}
