namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A truth value.</summary>
internal sealed record BoolValue(bool Value) : TemplateValue
{
    public override string TypeName => "bool";

    public override bool IsTrue => Value;
}
