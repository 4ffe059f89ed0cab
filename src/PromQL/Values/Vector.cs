namespace Tallygate.PromQL.Values;

/// <summary>An instant vector: the answer of most instant queries. No two elements have the same labels.</summary>
public sealed class Vector : QueryValue
{
    /// <summary>Takes over <paramref name="samples"/>.</summary>
    public Vector(IReadOnlyList<VectorSample> samples) => Samples = samples;

    /// <summary>The elements, in the order that sort, sort_by_label, topk and their like give, else by labels.</summary>
    public IReadOnlyList<VectorSample> Samples { get; }

    /// <inheritdoc/>
    public override string TypeName => "vector";
}
