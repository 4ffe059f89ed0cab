namespace Tallygate.Model;

/// <summary>One quantile of a summary: its rank (0.5 is the median) and its value.</summary>
public readonly record struct Quantile(double Rank, double Value);
