namespace Tallygate.Exposition;

/// <summary>Why an exposition could not be read.</summary>
/// <param name="Message">The whole text for the sender; for text pushes it begins with upstream's own text.</param>
/// <param name="Line">The line, counted from 1; 0 where the format has no lines.</param>
/// <param name="Column">The byte in the line, counted from 1; in a format without lines the byte in the body.</param>
public readonly record struct ExpositionError(string Message, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
