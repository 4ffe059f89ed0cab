using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>
/// Finds the trap of <c>expr: &gt;</c>: YAML folds its lines into one, so that a PromQL comment reaches further than its author wrote it.
/// </summary>
internal static class FoldedComment
{
    /// <summary>Whether a comment of the folded text runs on into what stood on a further line of the source.</summary>
    public static bool Swallows(string source, YamlScalarNode folded)
    {
        var lines = source.Split('\n');
        var last = Math.Min((int)folded.End.Line, lines.Length);
        var value = folded.Value ?? "";
        for (var i = (int)folded.Start.Line; i < last; i++)
        {
            var at = CommentIn(lines[i]);
            if (at < 0)
            {
                continue;
            }

            var comment = lines[i][at..].TrimEnd();
            var found = value.IndexOf(comment, StringComparison.Ordinal);
            var after = found + comment.Length;
            if (found >= 0 && after < value.Length && value[after] != '\n')
            {
                return true;
            }
        }

        return false;
    }

    private static int CommentIn(string line)
    {
        char quote = default;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != default)
            {
                if (c == '\\' && quote != '`')
                {
                    i++;
                }
                else if (c == quote)
                {
                    quote = default;
                }
            }
            else if (c is '"' or '\'' or '`')
            {
                quote = c;
            }
            else if (c == '#')
            {
                return i;
            }
        }

        return -1;
    }
}
