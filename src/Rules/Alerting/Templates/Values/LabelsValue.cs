using Tallygate.Model;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>Labels by their names. A label that is not there is an empty text.</summary>
internal sealed record LabelsValue(Labels Labels) : TemplateValue
{
    public override string TypeName => "map[string]string";

    public override bool IsTrue => Labels.Count > 0;

    public override long? Length => Labels.Count;

    public override IEnumerable<(TemplateValue Key, TemplateValue? Element)> Elements =>
        Enumerable.Range(0, Labels.Count)
            .Select((TemplateValue, TemplateValue?) (i) => (new TextValue(Labels[i].Name), new TextValue(Labels[i].Value)));

    public override bool TryField(string name, out TemplateValue? field)
    {
        field = new TextValue(Labels.Get(name));
        return true;
    }
}
