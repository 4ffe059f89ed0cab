namespace Tallygate.PromQL.Values;

/// <summary>What a query gives: a <see cref="Scalar"/>, <see cref="StringValue"/>, <see cref="Vector"/> or <see cref="Matrix"/>. Immutable.</summary>
public abstract class QueryValue
{
    private protected QueryValue()
    {
    }

    /// <summary>As the HTTP API names the type: <c>scalar</c>, <c>string</c>, <c>vector</c>, <c>matrix</c>.</summary>
    public abstract string TypeName { get; }
}
