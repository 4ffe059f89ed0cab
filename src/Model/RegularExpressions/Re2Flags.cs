namespace Tallygate.Model.RegularExpressions;

/// <summary>The flags of <c>(?…)</c>.</summary>
[Flags]
internal enum Re2Flags
{
    None = 0,

    /// <summary><c>i</c></summary>
    IgnoreCase = 1,

    /// <summary><c>m</c>: <c>^</c> and <c>$</c> match at lines too.</summary>
    MultiLine = 2,

    /// <summary><c>s</c>: the dot matches newlines too.</summary>
    DotMatchesNewline = 4,

    /// <summary><c>U</c>: repetitions are lazy, those with <c>?</c> greedy.</summary>
    Ungreedy = 8,
}
