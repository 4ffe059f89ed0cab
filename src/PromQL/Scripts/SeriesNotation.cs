using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;

namespace Tallygate.PromQL.Scripts;

/// <summary>
/// Reads series with their samples as scripts and rule unit tests write them: <c>name{label="value"} 1 2+3x4 _ stale</c>.
/// </summary>
public static class SeriesNotation
{
    /// <summary>Reads one line.</summary>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(
        string line, [NotNullWhen(true)] out SeriesSequence? series, [NotNullWhen(false)] out string? error)
    {
        series = null;
        var end = EndOfLabels(line);
        if (!Parser.TryParseMetric(line[..end], out var labels, out var errors))
        {
            error = errors[0].ToString();
            return false;
        }

        try
        {
            series = new SeriesSequence(labels.WithoutEmpty(), new SequenceReader(line, end).Read());
            error = null;
            return true;
        }
        catch (ScriptException e)
        {
            error = e.Message;
            return false;
        }
    }

    /// <summary>Reads samples without a series before them, as the input series of rule unit tests have them.</summary>
    public static bool TryParseValues(
        string text, [NotNullWhen(true)] out IReadOnlyList<SequenceValue>? values, [NotNullWhen(false)] out string? error)
    {
        try
        {
            values = new SequenceReader(text, 0).Read();
            error = null;
            return true;
        }
        catch (ScriptException e)
        {
            values = null;
            error = e.Message;
            return false;
        }
    }

    /// <summary>Where the samples begin: behind the closing brace, or at the first blank where there are no braces.</summary>
    private static int EndOfLabels(string line)
    {
        var inBraces = false;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '{':
                    inBraces = true;
                    break;
                case '}':
                    return i + 1;
                case '"' or '\'' or '`':
                    i = EndOfString(line, i);
                    break;
                case ' ' or '\t' when !inBraces && line.AsSpan(i).TrimStart().IndexOf('{') != 0:
                    return i;
                case ' ' or '\t' when !inBraces && line.AsSpan(i).TrimStart().StartsWith("{{"):
                    return i;
            }
        }

        return line.Length;
    }

    private static int EndOfString(string line, int start)
    {
        for (var i = start + 1; i < line.Length; i++)
        {
            if (line[i] == '\\' && line[start] != '`')
            {
                i++;
            }
            else if (line[i] == line[start])
            {
                return i;
            }
        }

        return line.Length;
    }
}
