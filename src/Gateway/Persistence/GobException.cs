namespace Tallygate.Gateway.Persistence;

/// <summary>Bytes are no gob, at this place.</summary>
internal sealed class GobException(int offset, string reason) : Exception(reason)
{
    /// <summary>Bytes from the beginning.</summary>
    public int Offset => offset;
}
