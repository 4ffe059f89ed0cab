using System.Globalization;

namespace Tallygate.Cli;

/// <summary>Says on stderr how far long work has come: on one line of a terminal, or as a line now and then. Short work says nothing.</summary>
internal sealed class WorkProgress(string work, long total)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private TimeSpan _next = Patience;
    private bool _shown;

    /// <summary>So much is done.</summary>
    public void Report(long done)
    {
        var passed = TimeProvider.System.GetElapsedTime(_start);
        if (passed < _next)
        {
            return;
        }

        _next = passed + (_terminal ? Patience : BetweenLines);
        _shown = true;
        var text = total > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{work}: {done} of {total}, {100.0 * done / total:0}%")
            : string.Create(CultureInfo.InvariantCulture, $"{work}: {done}");
        Console.Error.Write(_terminal ? "\r" + text + "   " : text + "\n");
    }

    /// <summary>The work is over; the terminal's line ends.</summary>
    public void Done()
    {
        if (_shown && _terminal)
        {
            Console.Error.WriteLine();
        }
    }
}
