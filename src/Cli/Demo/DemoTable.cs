using System.Globalization;
using System.Text;

namespace Tallygate.Cli.Demo;

/// <summary>The day as a picture and the result as a table, for a terminal.</summary>
internal sealed class DemoTable(bool colour)
{
    private const int Slots = 48;

    /// <summary>The picture of the day and the table below it.</summary>
    public string Render(DemoResult result)
    {
        var text = new StringBuilder();
        text.Append('\n').Append(Bold("  A day of batch jobs: how many records did they process?")).Append("\n\n");
        text.Append("  ").Append(Dim("           00:00       06:00       12:00       18:00       now")).Append('\n');
        text.Append("  nightly   ").Append(Line(DemoDay.Nightly)).Append(Dim("  one run\n"));
        text.Append("  hourly    ").Append(Line(DemoDay.Hourly)).Append(Dim("  a run an hour, three within six seconds at 14:30\n"));
        text.Append("  sampling  ").Append(Sampling()).Append(Dim("  an outage at 09:55, a restart at 20:30\n"));
        text.Append("  ").Append(Dim($"          {Mark(16, 45, '✕')}  the hourly job's group is deleted at 16:45\n\n"));

        var width = result.Methods.Max(m => m.Expr.Length) + 2;
        text.Append("  ").Append(Dim(Pad("", width) + "      counted        error\n"));
        text.Append("  ").Append(Dim(new string('─', width + 40))).Append('\n');
        text.Append("  ").Append(Pad("the truth", width)).Append(Bold(Number(result.Truth))).Append(Dim($"              {result.Runs} runs\n"));
        foreach (var method in result.Methods)
        {
            var exact = method.Error == 0;
            text.Append("  ").Append(Pad(method.Expr, width)).Append(exact ? Green(Number(method.Value)) : Number(method.Value));
            text.Append(exact ? Green($"{"0",13}  ✔ exact") : Red($"{Signed(method.Error),13}  {Share(method, result.Truth)}")).Append('\n');
        }

        text.Append('\n');
        text.Append(Dim("  The first counts a run once for every time it was sampled. The second is the known recipe of two recording\n"));
        text.Append(Dim("  rules: it misses each group's first push, pushes closer together than a sample, and those of the outage.\n"));
        text.Append(Dim("  The third has exactly one sample for each push.\n"));
        return text.ToString();
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture).PadLeft(13);

    private static string Signed(double value) => value.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);

    private static string Share(DemoMethod method, double truth)
    {
        var ratio = method.Value / truth;
        return ratio >= 2
            ? string.Create(CultureInfo.InvariantCulture, $"{ratio:N0} times too many")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(method.Error) / truth:P0} {(method.Error < 0 ? "missing" : "too many")}");
    }

    private static string Pad(string text, int width) => text.PadRight(width);

    private static int Slot(long atMs) => (int)Math.Min(Slots - 1, atMs * Slots / DemoDay.LengthMs);

    private static string Mark(int hour, int minute, char mark) => new string(' ', Slot(((hour * 60L) + minute) * 60_000)) + mark;

    private string Line(string batch)
    {
        var slots = new int[Slots];
        foreach (var push in DemoDay.Events.Where(e => e.Kind == DemoEventKind.Push && e.Batch == batch))
        {
            slots[Slot(push.AtMs)]++;
        }

        return Cyan(string.Concat(slots.Select(n => n switch { 0 => '·', 1 => '●', _ => '◉' })));
    }

    private static string Sampling()
    {
        var on = Enumerable.Repeat('━', Slots).ToArray();
        long? since = null;
        foreach (var moment in DemoDay.Events)
        {
            switch (moment.Kind)
            {
                case DemoEventKind.OutageBegins:
                case DemoEventKind.Stop:
                    since = moment.AtMs;
                    break;
                case DemoEventKind.OutageEnds:
                    Array.Fill(on, ' ', Slot(since!.Value), Math.Max(1, Slot(moment.AtMs) - Slot(since.Value)));
                    break;
                case DemoEventKind.Start:
                    on[Slot(moment.AtMs)] = '↻';
                    break;
                default:
                    break;
            }
        }

        return new string(on);
    }

    private string Bold(string text) => Paint("1", text);

    private string Dim(string text) => Paint("2", text);

    private string Green(string text) => Paint("32", text);

    private string Red(string text) => Paint("31", text);

    private string Cyan(string text) => Paint("36", text);

    private string Paint(string code, string text) => colour ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
