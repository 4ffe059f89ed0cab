using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.PromQL.Scripts;

/// <summary>Reads test scripts of PromQL: <c>load</c>, <c>clear</c> and <c>eval</c> commands. Stateless and thread-safe.</summary>
public static class ScriptParser
{
    /// <summary>Reads a script whole; the first thing that is wrong ends it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Script? script, [NotNullWhen(false)] out ScriptError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = new ScriptLines(text);
        var commands = new List<ScriptCommand>();
        try
        {
            while (lines.MoveToCommand())
            {
                commands.Add(ParseCommand(lines));
            }

            script = new Script(commands);
            error = null;
            return true;
        }
        catch (ScriptException e)
        {
            script = null;
            error = new ScriptError(e.Line == 0 ? lines.Number : e.Line, e.Message);
            return false;
        }
    }

    private static ScriptCommand ParseCommand(ScriptLines lines)
    {
        var word = new WordReader(lines.Current).Next().ToLowerInvariant();
        if (word == "clear")
        {
            return new ClearCommand(lines.Number);
        }

        if (word.StartsWith("load", StringComparison.Ordinal))
        {
            return ParseLoad(lines);
        }

        return word.StartsWith("eval", StringComparison.Ordinal)
            ? new EvalParser(lines).Parse()
            : throw new ScriptException(lines.Number, $"invalid command {GoQuote.Quote(lines.Current)}");
    }

    private static LoadCommand ParseLoad(ScriptLines lines)
    {
        var line = lines.Number;
        var words = new WordReader(lines.Current);
        var command = words.Next();
        var interval = words.Rest;
        if (command is not ("load" or "load_with_nhcb") || interval.Length == 0)
        {
            throw new ScriptException(line, "invalid load command. (load[_with_nhcb] <step:duration>)");
        }

        if (!PromDuration.TryParse(interval, out var milliseconds, out var problem))
        {
            throw new ScriptException(line, $"invalid step definition {GoQuote.Quote(interval)}: {problem}");
        }

        var series = new List<SeriesSequence>();
        while (lines.MoveInBlock())
        {
            if (IsStartTimes(lines.Current))
            {
                throw new ScriptException(lines.Number, "start timestamps (@st) are not supported");
            }

            if (!SeriesNotation.TryParse(lines.Current, out var one, out var error))
            {
                throw new ScriptException(lines.Number, error);
            }

            series.RemoveAll(other => other.Labels.Equals(one.Labels));
            series.Add(one);
        }

        return new LoadCommand(line, milliseconds, command == "load_with_nhcb", series);
    }

    private static bool IsStartTimes(string line)
    {
        var blank = line.AsSpan().IndexOfAny(' ', '\t');
        return blank > 0 && line.AsSpan(0, blank).EndsWith("@st");
    }
}
