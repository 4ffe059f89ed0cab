namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A float.</summary>
internal sealed record FloatValue(double Value) : TemplateValue
{
    public override string TypeName => "float64";

    public override bool IsTrue => Value != 0;
}
