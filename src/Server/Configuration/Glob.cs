using System.IO.Enumeration;

namespace Tallygate.Server.Configuration;

/// <summary>Files by patterns: <c>*</c> and <c>?</c> in any part of a path.</summary>
internal static class Glob
{
    /// <summary>The files that match, in order of their names; relative patterns start at <paramref name="folder"/>.</summary>
    public static IReadOnlyList<string> Expand(string folder, string pattern)
    {
        var path = Path.IsPathRooted(pattern) || folder.Length == 0 ? pattern : Path.Combine(folder, pattern);
        if (path.AsSpan().IndexOfAny('*', '?') < 0)
        {
            return File.Exists(path) ? [path] : [];
        }

        IEnumerable<string> found = [path.StartsWith('/') ? "/" : ""];
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            var last = i == parts.Length - 1;
            found = found.SelectMany(parent => Children(parent, part, last)).ToList();
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Children(string parent, string part, bool files)
    {
        if (part.AsSpan().IndexOfAny('*', '?') < 0)
        {
            var child = Path.Combine(parent, part);
            return (files ? File.Exists(child) : Directory.Exists(child)) ? [child] : [];
        }

        var folder = new DirectoryInfo(parent.Length == 0 ? "." : parent);
        if (!folder.Exists)
        {
            return [];
        }

        var names = files ? folder.EnumerateFiles().Select(f => f.Name) : folder.EnumerateDirectories().Select(f => f.Name);
        return names.Where(n => FileSystemName.MatchesSimpleExpression(part, n, ignoreCase: false)).Select(n => Path.Combine(parent, n));
    }
}
