namespace Tallygate.Exposition;

/// <summary>Why an exposition could not be read.</summary>
/// <param name="Message">The reason; for text pushes in upstream's own words.</param>
/// <param name="Line">The line, counted from 1; 0 where the format has no lines.</param>
/// <param name="Column">The byte in the line, counted from 1; in a format without lines the byte in the body.</param>
/// <param name="Hint">What mostly causes it, or what to do about it; null where that is not known.</param>
public readonly record struct ExpositionError(string Message, int Line, int Column, string? Hint = null)
{
    /// <summary>All of it for the sender: the reason on the first line, so that it reads as upstream's answer; place and hint on a second.</summary>
    public string Text => $"{Message}\n{(Line > 0 ? $"line {Line}, column {Column}" : $"byte {Column}")}{(Hint is null ? "" : ": " + Hint)}";

    /// <inheritdoc/>
    public override string ToString() => Message;
}
