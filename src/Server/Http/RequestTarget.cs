namespace Tallygate.Server.Http;

/// <summary>
/// The path of a request as it came over the wire, before anyone decoded it: a push path means something else when <c>%2F</c> or <c>//</c>
/// in it were resolved too early.
/// </summary>
internal static class RequestTarget
{
    /// <summary>The escaped path of a request target, without query and, for the absolute form, without scheme and host.</summary>
    public static string PathOf(string target)
    {
        var start = 0;
        if (target.Length > 0 && target[0] != '/')
        {
            var scheme = target.IndexOf("://", StringComparison.Ordinal);
            start = scheme < 0 ? target.Length : target.IndexOf('/', scheme + 3);
            if (start < 0 || start == target.Length)
            {
                return "/";
            }
        }

        var end = target.AsSpan(start).IndexOfAny('?', '#');
        return end < 0 && start == 0 ? target : end < 0 ? target[start..] : target.Substring(start, end);
    }

    /// <summary>The path without empty, <c>.</c> and <c>..</c> segments; the same string where there are none. A slash at the end stays.</summary>
    public static string Clean(string path)
    {
        if (IsClean(path))
        {
            return path;
        }

        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            else if (segment is not ("" or "."))
            {
                kept.Add(segment);
            }
        }

        var clean = "/" + string.Join('/', kept);
        return path[^1] == '/' && clean.Length > 1 ? clean + "/" : clean;
    }

    private static bool IsClean(string path)
    {
        for (var i = 0; i + 1 < path.Length; i++)
        {
            if (path[i] != '/')
            {
                continue;
            }

            var rest = path.AsSpan(i + 1);
            if (rest[0] == '/' || (rest[0] == '.' && (rest.Length == 1 || rest[1] == '/' || (rest[1] == '.' && (rest.Length == 2 || rest[2] == '/')))))
            {
                return false;
            }
        }

        return true;
    }
}
