namespace Tallygate.PromQL.Values;

/// <summary>A range vector: the answer of every range query, and of an instant query whose expression is a range selector.</summary>
public sealed class Matrix : QueryValue
{
    /// <summary>Takes over <paramref name="series"/>.</summary>
    public Matrix(IReadOnlyList<MatrixSeries> series) => Series = series;

    /// <summary>The series, each with at least one point, sorted by labels; no two have the same.</summary>
    public IReadOnlyList<MatrixSeries> Series { get; }

    /// <inheritdoc/>
    public override string TypeName => "matrix";
}
