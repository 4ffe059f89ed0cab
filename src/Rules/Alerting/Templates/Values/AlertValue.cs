using Tallygate.Model;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>What <c>.</c> and <c>$</c> mean at the beginning of a label's or an annotation's text.</summary>
/// <param name="Value">The value of the expression: a float or a native histogram.</param>
internal sealed record AlertValue(Labels Labels, Labels ExternalLabels, string ExternalUrl, TemplateValue Value) : TemplateValue
{
    public override string TypeName =>
        "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }";

    public override bool IsTrue => true;

    public override bool TryField(string name, out TemplateValue? field)
    {
        field = name switch
        {
            "Labels" => new LabelsValue(Labels),
            "ExternalLabels" => new LabelsValue(ExternalLabels),
            "ExternalURL" => new TextValue(ExternalUrl),
            "Value" => Value,
            _ => null,
        };
        return field is not null;
    }
}
