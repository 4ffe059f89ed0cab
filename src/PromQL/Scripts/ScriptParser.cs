using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;

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

        var series = new List<SeriesDescription>();
        (SeriesDescription Series, int Line)? starts = null;
        while (lines.MoveInBlock())
        {
            if (!Parser.TryParseSeriesDescription(lines.Current, out var one, out var errors))
            {
                throw new ScriptException(lines.Number, errors[0].ToString());
            }

            one = one with { Labels = one.Labels.WithoutEmpty() };
            if (one.StartOffsetsMs is not null)
            {
                RefuseLonely(starts);
                starts = (one, lines.Number);
                continue;
            }

            one = starts is { } before ? WithStarts(one, before.Series, before.Line) : one;
            starts = null;
            series.RemoveAll(other => other.Labels.Equals(one.Labels));
            series.Add(one);
        }

        RefuseLonely(starts);
        return new LoadCommand(line, milliseconds, command == "load_with_nhcb", series);
    }

    private static void RefuseLonely((SeriesDescription Series, int Line)? starts)
    {
        if (starts is { } lonely)
        {
            throw new ScriptException(lonely.Line, "@st line has no following sample line");
        }
    }

    private static SeriesDescription WithStarts(SeriesDescription series, SeriesDescription starts, int line)
    {
        if (!series.Labels.Equals(starts.Labels))
        {
            throw new ScriptException(line, "@st metric does not match the following sample line metric");
        }

        return starts.StartOffsetsMs!.Count == series.Values.Count
            ? series with { StartOffsetsMs = starts.StartOffsetsMs }
            : throw new ScriptException(
                line, $"@st line has {starts.StartOffsetsMs.Count} values but sample line has {series.Values.Count}");
    }
}
