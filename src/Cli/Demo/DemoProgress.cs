namespace Tallygate.Cli.Demo;

/// <summary>A progress bar on standard error, where that is a terminal.</summary>
internal sealed class DemoProgress
{
    private const int Width = 48;

    private readonly bool _shown = !Console.IsErrorRedirected;
    private int _filled = -1;

    /// <summary>Shows how much of the day is over.</summary>
    public void Report(long overMs)
    {
        var filled = (int)(overMs * Width / DemoDay.LengthMs);
        if (!_shown || filled == _filled)
        {
            return;
        }

        _filled = filled;
        var clock = TimeSpan.FromMilliseconds(overMs);
        Console.Error.Write($"\r  playing a day  {new string('█', filled)}{new string('░', Width - filled)}  {(int)clock.TotalHours:00}:{clock.Minutes:00}");
    }

    /// <summary>Takes the bar away.</summary>
    public void Clear()
    {
        if (_shown)
        {
            Console.Error.Write("\r" + new string(' ', Width + 28) + "\r");
        }
    }
}
