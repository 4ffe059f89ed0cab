using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A native histogram; its text gives count and sum.</summary>
internal sealed record HistogramValue(FloatHistogram Histogram) : TemplateValue
{
    public override string TypeName => "*histogram.FloatHistogram";

    public override bool IsTrue => true;

    public override string OwnText =>
        $"{{count:{FloatText.Format(Histogram.Count, FloatForm.General)}, sum:{FloatText.Format(Histogram.Sum, FloatForm.General)}}}";

    public override bool TryField(string name, out TemplateValue? field)
    {
        field = name switch
        {
            "Count" => new FloatValue(Histogram.Count),
            "Sum" => new FloatValue(Histogram.Sum),
            "ZeroCount" => new FloatValue(Histogram.ZeroCount),
            "ZeroThreshold" => new FloatValue(Histogram.ZeroThreshold),
            "Schema" => new IntValue(Histogram.Schema, "int32"),
            "String" => new TextValue(OwnText),
            _ => null,
        };
        return field is not null;
    }
}
