namespace Tallygate.Model;

/// <summary>One classic bucket: how many observations were at most <paramref name="UpperBound"/>.</summary>
/// <param name="CumulativeCount">The count where the histogram counts in whole numbers; null where <paramref name="CumulativeCountFloat"/> is set.</param>
/// <param name="CumulativeCountFloat">The count where the histogram counts in floats.</param>
public readonly record struct ClassicBucket(double UpperBound, ulong? CumulativeCount, double? CumulativeCountFloat = null, Exemplar? Exemplar = null);
