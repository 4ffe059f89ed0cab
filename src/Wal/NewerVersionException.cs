namespace Tallygate.Wal;

/// <summary>
/// A file, or a record in it, is of a version that came after this program. Nothing is wrong with it and nothing was changed: it is for the
/// newer program to read.
/// </summary>
public sealed class NewerVersionException : IOException
{
    /// <summary>Of <paramref name="what"/>, whose version this program cannot read.</summary>
    /// <param name="what">The file's path, and where in it; who does not know the file names the record, and whoever does adds it with <see cref="In"/>.</param>
    /// <param name="version">The version that was found.</param>
    /// <param name="reads">The newest version that this program reads.</param>
    public NewerVersionException(string what, int version, int reads)
        : base($"{what} was written by a newer Tallygate (version {version}); this one reads up to {reads}. "
            + "Nothing was changed. Start the newer program again, or restore a copy that was made before it ran.")
    {
        What = what;
        Version = version;
        Reads = reads;
    }

    /// <summary>What was written by the newer program.</summary>
    public string What { get; }

    /// <summary>Its version.</summary>
    public int Version { get; }

    /// <summary>The newest version that this program reads.</summary>
    public int Reads { get; }

    /// <summary>The same, with the file named.</summary>
    public NewerVersionException In(string file) => new($"{file}: {What}", Version, Reads);
}
