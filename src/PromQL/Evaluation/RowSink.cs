using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Where rows go that are made one after the other, series by series.</summary>
internal abstract class RowSink
{
    /// <summary>A row without samples to be filled. It is handed in with <see cref="Take"/>, or left if nothing came of it.</summary>
    public abstract Row Next(Labels labels, int steps);

    /// <summary>Takes over a filled row.</summary>
    public abstract void Take(Row row);
}
