namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>What <c>args</c> makes: its arguments as <c>arg0</c>, <c>arg1</c> and so on. One that is not there is nothing.</summary>
internal sealed record ArgumentsValue(IReadOnlyDictionary<string, TemplateValue?> Arguments) : TemplateValue
{
    public override string TypeName => "map[string]interface {}";

    public override bool IsTrue => Arguments.Count > 0;

    public override long? Length => Arguments.Count;

    public override IEnumerable<(TemplateValue Key, TemplateValue? Element)> Elements =>
        Arguments.OrderBy(static a => a.Key, StringComparer.Ordinal)
            .Select(static (TemplateValue, TemplateValue?) (a) => (new TextValue(a.Key), a.Value));

    public override bool TryField(string name, out TemplateValue? field)
    {
        field = Arguments.GetValueOrDefault(name);
        return true;
    }
}
