namespace Tallygate.Model.RegularExpressions;

/// <summary>What a part of a regular expression is.</summary>
internal enum Re2NodeKind
{
    /// <summary>Matches the empty text.</summary>
    Empty,

    /// <summary>One code point of a set.</summary>
    Set,

    /// <summary>Its parts one after another.</summary>
    Sequence,

    /// <summary>One of its parts, the first that fits preferred.</summary>
    Alternation,

    /// <summary>Its one part, repeated.</summary>
    Repetition,

    /// <summary>Its one part, remembered.</summary>
    Capture,

    /// <summary>The beginning of the text.</summary>
    TextStart,

    /// <summary>The end of the text.</summary>
    TextEnd,

    /// <summary>The beginning of a line.</summary>
    LineStart,

    /// <summary>The end of a line.</summary>
    LineEnd,

    /// <summary>Between a word and no word.</summary>
    WordBoundary,

    /// <summary>Where no word boundary is.</summary>
    NoWordBoundary,
}
