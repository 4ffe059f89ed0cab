using Tallygate.Model.RegularExpressions;

namespace Tallygate.Model;

/// <summary>One condition on a label. A label that a series lacks has the empty value. Immutable and thread-safe.</summary>
public sealed class LabelMatcher
{
    private readonly Re2Pattern? _pattern;

    /// <exception cref="ArgumentException">The pattern of a regexp matcher is not RE2; the message says why.</exception>
    public LabelMatcher(MatchType type, string name, string value)
    {
        Type = type;
        Name = name;
        Value = value;
        if (type is MatchType.Regexp or MatchType.NotRegexp)
        {
            _pattern = Re2Pattern.Anchored(value);
        }
    }

    /// <summary>How the value is compared.</summary>
    public MatchType Type { get; }

    /// <summary>The label's name.</summary>
    public string Name { get; }

    /// <summary>The value or pattern to compare with.</summary>
    public string Value { get; }

    /// <summary>Whether a label with <paramref name="value"/> fulfils the condition.</summary>
    public bool Matches(string value) => Type switch
    {
        MatchType.Equal => value == Value,
        MatchType.NotEqual => value != Value,
        MatchType.Regexp => _pattern!.IsMatch(value),
        _ => !_pattern!.IsMatch(value),
    };

    /// <summary>Whether a series without the label fulfils the condition.</summary>
    public bool MatchesEmpty => Matches("");

    /// <summary>Whether a series with these labels fulfils the condition.</summary>
    public bool Matches(Labels labels) => Matches(labels.Get(Name));

    /// <summary>As PromQL writes it: <c>job=~"a|b"</c>.</summary>
    public override string ToString()
    {
        var name = NameValidation.IsLegacyLabelName(Name) ? Name : GoQuote.Quote(Name);
        var op = Type switch { MatchType.Equal => "=", MatchType.NotEqual => "!=", MatchType.Regexp => "=~", _ => "!~" };
        return name + op + GoQuote.Quote(Value);
    }
}
