using System.Runtime.CompilerServices;

namespace Tallygate.Architecture;

/// <summary>The files of this checkout.</summary>
public static class Checkout
{
    /// <summary>The root folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    /// <summary>The folder of the rooms.</summary>
    public static string Src { get; } = Path.Combine(Root, "src");

    /// <summary>All C# files of the rooms, with their path below src/.</summary>
    public static IEnumerable<(string Path, string Text)> Sources() =>
        from file in Directory.EnumerateFiles(Src, "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Src, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        orderby path
        select (path, File.ReadAllText(file));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
