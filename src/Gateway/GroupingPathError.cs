namespace Tallygate.Gateway;

/// <summary>Why a path names no group.</summary>
/// <param name="Status">404 where the path is no push path at all, else 400.</param>
/// <param name="Text">The body of the answer, without the final line feed.</param>
public readonly record struct GroupingPathError(int Status, string Text);
