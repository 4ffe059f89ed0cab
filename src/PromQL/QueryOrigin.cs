namespace Tallygate.PromQL;

/// <summary>Where a query came from, for the query log. Immutable.</summary>
public abstract record QueryOrigin;
