namespace Tallygate.Gateway.Persistence;

/// <summary>A Pushgateway's state file cannot be read.</summary>
public sealed class StateFileException : IOException
{
    /// <summary>Says where and why.</summary>
    public StateFileException(string file, long offset, string reason)
        : base($"{file}: at byte {offset}: {reason}")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The file as it was named.</summary>
    public string File { get; }

    /// <summary>The place in it, in bytes from 0.</summary>
    public long Offset { get; }
}
