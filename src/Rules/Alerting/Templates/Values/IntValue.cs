namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A whole number, or one of a list of names, such as the months.</summary>
/// <param name="Value">The number.</param>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its name where it is one of a list.</param>
internal sealed record IntValue(long Value, string Type = "int", string? Name = null) : TemplateValue
{
    public override string TypeName => Type;

    public override bool IsTrue => Value != 0;

    public override string? OwnText => Name;

    public override IEnumerable<(TemplateValue Key, TemplateValue? Element)> Elements
    {
        get
        {
            for (var i = 0L; i < Value; i++)
            {
                yield return (new IntValue(i), new IntValue(i));
            }
        }
    }

    public override bool TryField(string name, out TemplateValue? field)
    {
        field = name == "String" && Name is not null ? new TextValue(Name) : null;
        return field is not null;
    }
}
