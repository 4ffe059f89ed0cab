namespace Tallygate.Tsdb;

/// <summary>A file of a database cannot be read as what it is. Nothing was changed on disk: a person has to decide.</summary>
public sealed class TsdbCorruptionException : IOException
{
    /// <summary>Damage in <paramref name="file"/> at <paramref name="offset"/>.</summary>
    public TsdbCorruptionException(string file, long offset, string reason)
        : base($"{file} is damaged at byte {offset}: {reason}. Nothing was changed. Restore the file from a copy and start again; "
            + "to go on without what cannot be read, move the whole directory aside.")
    {
        File = file;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>The damaged file's path, or that of the file that should be there.</summary>
    public string File { get; }

    /// <summary>Where in the file the damage was found.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there.</summary>
    public string Reason { get; }
}
