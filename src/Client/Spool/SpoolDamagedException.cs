namespace Tallygate.Client.Spool;

/// <summary>A file in a spool is not what was written there.</summary>
public sealed class SpoolDamagedException(string file, string reason) : Exception($"{file} is damaged: {reason}")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;
}
