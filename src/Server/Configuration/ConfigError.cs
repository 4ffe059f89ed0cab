namespace Tallygate.Server.Configuration;

/// <summary>One thing that is wrong in a configuration or rule file, with its place (from 1; 0 where there is none).</summary>
public readonly record struct ConfigError(string File, int Line, int Column, string Message)
{
    /// <summary><c>file:line:column: message</c>.</summary>
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}:{Column}: {Message}";
}
