using Tallygate.Model.RegularExpressions;

namespace Tallygate.PromQL.Scripts;

/// <summary>What a text must be: anything, an exact text, or one that contains a match.</summary>
internal sealed class TextExpectation
{
    private readonly string? _text;
    private readonly Re2Pattern? _pattern;
    private readonly string _description;

    private TextExpectation(string? text, Re2Pattern? pattern, string description)
    {
        _text = text;
        _pattern = pattern;
        _description = description;
    }

    /// <summary>Any text will do.</summary>
    public static TextExpectation Any { get; } = new(null, null, "any text");

    public static TextExpectation Exactly(string text) => new(text, null, $"the text \"{text}\"");

    /// <exception cref="ArgumentException">The pattern is not RE2.</exception>
    public static TextExpectation Containing(string pattern) =>
        new(null, Re2Pattern.Anchored($"(?s:.*)(?:{pattern})(?s:.*)"), $"a match of \"{pattern}\"");

    public bool IsMetBy(string text) => _text is not null ? text == _text : _pattern is null || _pattern.IsMatch(text);

    public override string ToString() => _description;
}
