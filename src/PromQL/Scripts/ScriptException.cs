namespace Tallygate.PromQL.Scripts;

/// <summary>A script that cannot be read on.</summary>
internal sealed class ScriptException : Exception
{
    public ScriptException(int line, string message)
        : base(message) => Line = line;

    /// <summary>The line, from 1; 0 where it is not known yet.</summary>
    public int Line { get; }
}
