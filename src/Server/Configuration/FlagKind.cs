namespace Tallygate.Server.Configuration;

/// <summary>How a flag is written.</summary>
internal enum FlagKind
{
    /// <summary><c>--name=value</c> or <c>--name value</c>, once.</summary>
    Value,

    /// <summary>The same, any number of times.</summary>
    Repeatable,

    /// <summary><c>--name</c> or <c>--no-name</c>.</summary>
    Switch,
}
