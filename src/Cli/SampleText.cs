using System.Globalization;
using System.Text;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Cli;

/// <summary>Prints the samples of a series as promtool does.</summary>
internal static class SampleText
{
    public static void Write(TextWriter target, ISeries series, long minTime, long maxTime, bool openMetrics)
    {
        var name = series.Labels.ToString();
        if (openMetrics)
        {
            name = series.Labels.Name + Condensed(series.Labels.WithoutName());
        }

        var times = new long[512];
        var values = new double[512];
        var cursor = series.Samples(minTime, maxTime);
        while (cursor.Next is var kind && kind != SampleKind.None)
        {
            if (kind == SampleKind.Histogram)
            {
                var histogram = cursor.ReadHistogram(out var time);
                if (!openMetrics)
                {
                    target.Write($"{name} {histogram} {time}\n");
                }

                continue;
            }

            var read = cursor.Read(times, values);
            for (var i = 0; i < read; i++)
            {
                if (!openMetrics)
                {
                    target.Write($"{name} {FloatText.Format(values[i], FloatForm.General)} {times[i]}\n");
                }
                else if (!StaleMarker.Is(values[i]))
                {
                    var seconds = (times[i] / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
                    target.Write($"{name} {FloatText.Format(values[i], FloatForm.General)} {seconds}\n");
                }
            }
        }
    }

    private static string Condensed(Labels labels)
    {
        var text = new StringBuilder("{");
        foreach (ref readonly var label in labels.AsSpan())
        {
            text.Append(text.Length > 1 ? "," : "").Append(label.Name).Append('=');
            GoQuote.Append(text, label.Value);
        }

        return text.Append('}').ToString();
    }
}
