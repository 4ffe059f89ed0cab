using System.Runtime.CompilerServices;

namespace Tallygate.Testing;

/// <summary>Finds the conformance data that lies beside the checkout; it is read in place, never copied.</summary>
public static class Corpora
{
    // Statics run in the order of the text: the root comes first.

    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    /// <summary>The folder <c>../shared</c> beside the checkout, or null where it is missing.</summary>
    public static string? Shared { get; } = Find();

    /// <summary>The path of a file or folder below <c>../shared/corpora</c>; null where it is missing, and the test is to be skipped.</summary>
    public static string? PathOf(string relative)
    {
        if (Shared is null)
        {
            return null;
        }

        var path = Path.Combine(Shared, "corpora", relative);
        return Path.Exists(path) ? path : null;
    }

    private static string? Find()
    {
        // A worktree may lie deeper than the checkout: look upwards.
        for (var folder = Directory.GetParent(Root); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(shared, "corpora")))
            {
                return shared;
            }
        }

        return null;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
