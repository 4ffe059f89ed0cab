namespace Tallygate.Exposition;

/// <summary>How an answer's body is packed.</summary>
public enum ContentCoding
{
    /// <summary>Not at all.</summary>
    Identity,

    /// <summary>As one gzip member.</summary>
    Gzip,

    /// <summary>As one Zstandard frame.</summary>
    Zstd,
}
