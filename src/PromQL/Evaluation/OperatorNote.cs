namespace Tallygate.PromQL.Evaluation;

/// <summary>What an operator has to say of two elements.</summary>
/// <param name="IsWarning">Whether it is a warning; otherwise an info.</param>
internal readonly record struct OperatorNote(bool IsWarning, string Text);
