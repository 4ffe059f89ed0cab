namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A query's answer.</summary>
internal sealed record SamplesValue(IReadOnlyList<SampleValue> Samples) : TemplateValue
{
    public override string TypeName => "template.queryResult";

    public override bool IsTrue => Samples.Count > 0;

    public override long? Length => Samples.Count;

    public override IEnumerable<(TemplateValue Key, TemplateValue? Element)> Elements =>
        Samples.Select(static (TemplateValue, TemplateValue?) (sample, i) => (new IntValue(i), sample));
}
