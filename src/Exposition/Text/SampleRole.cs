namespace Tallygate.Exposition.Text;

/// <summary>What a line says of its summary or histogram, by the ending of its name.</summary>
internal enum SampleRole
{
    /// <summary>A quantile, a bucket, or a plain value.</summary>
    Plain,

    /// <summary><c>_sum</c></summary>
    Sum,

    /// <summary><c>_count</c></summary>
    Count,
}
