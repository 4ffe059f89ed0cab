namespace Tallygate.PromQL.Parsing;

/// <summary>A query that does not parse. The message is that of the first error.</summary>
public sealed class PromQLSyntaxException : Exception
{
    internal PromQLSyntaxException(IReadOnlyList<PromQLSyntaxError> errors)
        : base(errors[0].ToString()) => Errors = errors;

    /// <summary>All that is wrong, at least one.</summary>
    public IReadOnlyList<PromQLSyntaxError> Errors { get; }
}
