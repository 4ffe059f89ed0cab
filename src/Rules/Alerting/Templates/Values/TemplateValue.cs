namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>
/// A value of a template. The kinds are those that can come about in an alert's text, and no others; each stands for one type of Go, which
/// messages name. Nothing at all, Go's nil, is a null reference. Immutable.
/// </summary>
internal abstract record TemplateValue
{
    /// <summary>The name of the type in Go.</summary>
    public abstract string TypeName { get; }

    /// <summary>Whether <c>if</c> takes it for true: whether it is not the zero of its type.</summary>
    public abstract bool IsTrue { get; }

    /// <summary>The text that the value has of itself, as times and durations do; null: the formatting makes one.</summary>
    public virtual string? OwnText => null;

    /// <summary>How many elements it has; null: it has no length.</summary>
    public virtual long? Length => null;

    /// <summary>What <c>range</c> goes over: keys and elements in order; null: it cannot.</summary>
    public virtual IEnumerable<(TemplateValue Key, TemplateValue? Element)>? Elements => null;

    /// <summary>Whether it has methods that take arguments.</summary>
    public virtual bool HasMethods => false;

    /// <summary>A field, a key of a map, or a method without arguments.</summary>
    public virtual bool TryField(string name, out TemplateValue? field)
    {
        field = null;
        return false;
    }

    /// <summary>A method with arguments.</summary>
    public virtual bool TryMethod(string name, IReadOnlyList<TemplateValue?> arguments, out TemplateValue? result)
    {
        result = null;
        return false;
    }
}
