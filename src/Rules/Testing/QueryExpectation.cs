namespace Tallygate.Rules.Testing;

/// <summary>What a query must give at a time, in any order.</summary>
/// <param name="Time">After the start of the test.</param>
/// <param name="Expr">The query.</param>
/// <param name="Samples">The series, a value, and a histogram in place of the value or "", both in the notation of series.</param>
public sealed record QueryExpectation(TimeSpan Time, string Expr, IReadOnlyList<(string Series, double Value, string Histogram)> Samples);
