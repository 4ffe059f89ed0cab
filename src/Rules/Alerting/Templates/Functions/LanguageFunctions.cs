using System.Text;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Printing;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>What the language itself has: logic, parts of lists and texts, printing.</summary>
internal static class LanguageFunctions
{
    public static IEnumerable<TemplateFunction> All =>
    [
        new("and", [null, null], static (_, a) => a[^1]) { IsVariadic = true, Stops = false },
        new("or", [null, null], static (_, a) => a[^1]) { IsVariadic = true, Stops = true },
        new("not", [null], static (_, a) => new BoolValue(a[0] is not { IsTrue: true })),
        new("len", [null], static (_, a) => new IntValue(
            a[0] is null ? throw new TemplateFunctionException("reflect: call of reflect.Value.Type on zero Value")
                : a[0]!.Length ?? throw new TemplateFunctionException($"len of type {a[0]!.TypeName.TrimStart('*')}"))),
        new("index", [null, null], static (_, a) => a.Skip(1).Aggregate(a[0], Index)) { IsVariadic = true },
        new("slice", [null, null], static (_, a) => Slice(a)) { IsVariadic = true },
        new("call", [null, null], static (_, a) => throw new TemplateFunctionException(
            a[0] is null ? "call of nil" : $"non-function of type {a[0]!.TypeName}")) { IsVariadic = true },
        new("print", [null], static (_, a) => new TextValue(GoFormat.Print(a))) { IsVariadic = true },
        new("println", [null], static (_, a) => new TextValue(GoFormat.PrintLine(a))) { IsVariadic = true },
        new("printf", [TemplateFunction.Text, null], static (_, a) => new TextValue(
            GoFormat.PrintFormat(((TextValue)a[0]!).Value, a[1..]))) { IsVariadic = true },
    ];

    private static TemplateValue? Index(TemplateValue? item, TemplateValue? key)
    {
        switch (item)
        {
            case null:
                throw new TemplateFunctionException("index of untyped nil");
            case TextValue text:
                return new IntValue(Bytes(text)[(int)Place(key, item.Length!.Value - 1)], "uint8");
            case SamplesValue list:
                return list.Samples[(int)Place(key, list.Samples.Count - 1)];
            case LabelsValue or ArgumentsValue when key is TextValue name:
                item.TryField(name.Value, out var element);
                return element;
            case LabelsValue or ArgumentsValue:
                throw new TemplateFunctionException(
                    key is null ? "value is nil; should be of type string" : $"value has type {key.TypeName}; should be string");
            default:
                throw new TemplateFunctionException($"can't index item of type {item.TypeName.TrimStart('*')}");
        }
    }

    private static TemplateValue Slice(TemplateValue?[] arguments)
    {
        var item = arguments[0] ?? throw new TemplateFunctionException("slice of untyped nil");
        if (arguments.Length > 4)
        {
            throw new TemplateFunctionException($"too many slice indexes: {arguments.Length - 1}");
        }

        if (item is not (TextValue or SamplesValue))
        {
            throw new TemplateFunctionException($"can't slice item of type {item.TypeName.TrimStart('*')}");
        }

        if (arguments.Length > 3 && item is TextValue)
        {
            throw new TemplateFunctionException("cannot 3-index slice a string");
        }

        var length = item.Length!.Value;
        var places = arguments.Skip(1).Select(a => (int)Place(a, length)).ToArray();
        var from = places.Length > 0 ? places[0] : 0;
        var to = places.Length > 1 ? places[1] : (int)length;
        if (from > to || (places.Length > 2 && to > places[2]))
        {
            throw new TemplateFunctionException($"invalid slice index: {(from > to ? from : to)} > {(from > to ? to : places[2])}");
        }

        return item is TextValue text
            ? new TextValue(Encoding.UTF8.GetString(Bytes(text), from, to - from), text.Type)
            : new SamplesValue([.. ((SamplesValue)item).Samples.Skip(from).Take(to - from)]);
    }

    private static long Place(TemplateValue? key, long last) => key switch
    {
        null => throw new TemplateFunctionException("cannot index slice/array with nil"),
        IntValue number when number.Value < 0 || number.Value > last =>
            throw new TemplateFunctionException($"index out of range: {number.Value}"),
        IntValue number => number.Value,
        _ => throw new TemplateFunctionException($"cannot index slice/array with type {key.TypeName}"),
    };

    private static byte[] Bytes(TextValue text) => Encoding.UTF8.GetBytes(text.Value);
}
