using System.Text;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A text. Lengths and places in it count bytes of UTF-8.</summary>
internal sealed record TextValue(string Value, string Type = "string") : TemplateValue
{
    public override string TypeName => Type;

    public override bool IsTrue => Value.Length > 0;

    public override long? Length => Encoding.UTF8.GetByteCount(Value);
}
