using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Printing;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>Comparisons: between whole numbers, between floats, between texts, never across.</summary>
internal static class ComparisonFunctions
{
    public static IEnumerable<TemplateFunction> All =>
    [
        new("eq", [null, null], static (_, a) => new BoolValue(IsAny(a))) { IsVariadic = true },
        new("ne", [null, null], static (_, a) => new BoolValue(!AreEqual(a[0], a[1]))),
        new("lt", [null, null], static (_, a) => new BoolValue(IsLess(a[0], a[1]))),
        new("le", [null, null], static (_, a) => new BoolValue(IsLessOrEqual(a[0], a[1]))),
        new("gt", [null, null], static (_, a) => new BoolValue(!IsLessOrEqual(a[0], a[1]))),
        new("ge", [null, null], static (_, a) => new BoolValue(!IsLess(a[0], a[1]))),
    ];

    private static bool IsAny(TemplateValue?[] arguments)
    {
        if (arguments.Length == 1)
        {
            throw new TemplateFunctionException("missing argument for comparison");
        }

        foreach (var other in arguments.Skip(1))
        {
            if (AreEqual(arguments[0], other))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AreEqual(TemplateValue? a, TemplateValue? b)
    {
        switch (a, b)
        {
            case (null, _) or (_, null):
                return a is null && b is null;
            case (IntValue x, IntValue y):
                return x.Value == y.Value;
            case (FloatValue x, FloatValue y):
                return x.Value == y.Value;
            case (TextValue x, TextValue y):
                return x.Value == y.Value;
            case (BoolValue x, BoolValue y):
                return x.Value == y.Value;
            case (LabelsValue or ArgumentsValue or SamplesValue, LabelsValue or ArgumentsValue or SamplesValue):
                throw new TemplateFunctionException($"non-comparable type {ValuePrinter.Show(a)}: {a.TypeName}");
        }

        if (IsBasic(a) || IsBasic(b))
        {
            throw new TemplateFunctionException("incompatible types for comparison");
        }

        return ReferenceEquals(a, b);
    }

    private static bool IsBasic(TemplateValue value) => value is IntValue or FloatValue or TextValue or BoolValue;

    private static bool IsLess(TemplateValue? a, TemplateValue? b) => (a, b) switch
    {
        (IntValue x, IntValue y) => x.Value < y.Value,
        (FloatValue x, FloatValue y) => x.Value < y.Value,
        (TextValue x, TextValue y) => Utf8Order.Instance.Compare(x.Value, y.Value) < 0,
        (IntValue or FloatValue or TextValue, IntValue or FloatValue or TextValue or BoolValue)
            or (BoolValue, IntValue or FloatValue or TextValue) => throw new TemplateFunctionException("incompatible types for comparison"),
        _ => throw new TemplateFunctionException("invalid type for comparison"),
    };

    private static bool IsLessOrEqual(TemplateValue? a, TemplateValue? b) => IsLess(a, b) || AreEqual(a, b);
}
