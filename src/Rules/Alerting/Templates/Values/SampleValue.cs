using Tallygate.Model;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>One element of a query's answer.</summary>
/// <param name="Labels">Its labels, the metric name among them.</param>
/// <param name="Value">A float or a native histogram.</param>
internal sealed record SampleValue(Labels Labels, TemplateValue Value) : TemplateValue
{
    public override string TypeName => "*template.sample";

    public override bool IsTrue => true;

    public override bool TryField(string name, out TemplateValue? field)
    {
        field = name switch { "Labels" => new LabelsValue(Labels), "Value" => Value, _ => null };
        return field is not null;
    }
}
