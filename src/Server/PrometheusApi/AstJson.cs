using System.Text.Json;
using Tallygate.Model;
using Tallygate.PromQL.Ast;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Server.PrometheusApi;

/// <summary>An expression's tree as JSON, in the shape that Prometheus 3's own page reads. Members come in the order of their names.</summary>
internal static class AstJson
{
    public static void Write(Utf8JsonWriter json, Expr? expr)
    {
        if (expr is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        switch (expr)
        {
            case NumberLiteral number:
                json.WriteString("type"u8, "numberLiteral"u8);
                json.WriteString("val"u8, FloatText.Format(number.Value, FloatForm.Plain));
                break;
            case StringLiteral text:
                json.WriteString("type"u8, "stringLiteral"u8);
                json.WriteString("val"u8, text.Value);
                break;
            case ParenExpr paren:
                Child(json, "expr"u8, paren.Inner);
                json.WriteString("type"u8, "parenExpr"u8);
                break;
            case UnaryExpr unary:
                Child(json, "expr"u8, unary.Operand);
                json.WriteString("op"u8, unary.IsNegation ? "-"u8 : "+"u8);
                json.WriteString("type"u8, "unaryExpr"u8);
                break;
            case BinaryExpr binary:
                Binary(json, binary);
                break;
            case AggregateExpr aggregate:
                Aggregate(json, aggregate);
                break;
            case CallExpr call:
                Call(json, call);
                break;
            case SubqueryExpr subquery:
                Subquery(json, subquery);
                break;
            case MatrixSelector matrix:
                Selector(json, matrix.Selector, matrix.RangeMs, "matrixSelector"u8);
                break;
            default:
                Selector(json, (VectorSelector)expr, null, "vectorSelector"u8);
                break;
        }

        json.WriteEndObject();
    }

    private static void Child(Utf8JsonWriter json, ReadOnlySpan<byte> name, Expr? expr)
    {
        json.WritePropertyName(name);
        Write(json, expr);
    }

    private static void Binary(Utf8JsonWriter json, BinaryExpr binary)
    {
        json.WriteBoolean("bool"u8, binary.ReturnsBool);
        Child(json, "lhs"u8, binary.Left);
        json.WritePropertyName("matching"u8);
        if (binary.Matching is { } matching)
        {
            json.WriteStartObject();
            json.WriteString("card"u8, matching.Cardinality.Name());
            json.WriteStartObject("fillValues"u8);
            Number(json, "lhs"u8, matching.FillLeft);
            Number(json, "rhs"u8, matching.FillRight);
            json.WriteEndObject();
            Texts(json, "include"u8, matching.Include);
            Texts(json, "labels"u8, matching.Labels);
            json.WriteBoolean("on"u8, matching.On);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("op"u8, binary.Operator.Text());
        Child(json, "rhs"u8, binary.Right);
        json.WriteString("type"u8, "binaryExpr"u8);
    }

    private static void Aggregate(Utf8JsonWriter json, AggregateExpr aggregate)
    {
        Child(json, "expr"u8, aggregate.Inner);
        Texts(json, "grouping"u8, aggregate.Grouping);
        json.WriteString("op"u8, aggregate.Operator.Text());
        Child(json, "param"u8, aggregate.Parameter);
        json.WriteString("type"u8, "aggregation"u8);
        json.WriteBoolean("without"u8, aggregate.Without);
    }

    private static void Call(Utf8JsonWriter json, CallExpr call)
    {
        json.WriteStartArray("args"u8);
        foreach (var argument in call.Arguments)
        {
            Write(json, argument);
        }

        json.WriteEndArray();
        json.WriteStartObject("func"u8);
        Texts(json, "argTypes"u8, [.. call.Function.ArgumentTypes.Select(static type => type.Name())]);
        json.WriteString("name"u8, call.Function.Name);
        json.WriteString("returnType"u8, call.Function.ReturnType.Name());
        json.WriteNumber("variadic"u8, call.Function.Variadic);
        json.WriteEndObject();
        json.WriteString("type"u8, "call"u8);
    }

    private static void Subquery(Utf8JsonWriter json, SubqueryExpr subquery)
    {
        Child(json, "expr"u8, subquery.Inner);
        json.WriteNumber("offset"u8, subquery.OffsetMs);
        json.WriteNumber("range"u8, subquery.RangeMs);
        At(json, subquery.At);
        json.WriteNumber("step"u8, subquery.StepMs);
        Timestamp(json, subquery.TimestampMs);
        json.WriteString("type"u8, "subquery"u8);
    }

    private static void Selector(Utf8JsonWriter json, VectorSelector selector, long? range, ReadOnlySpan<byte> type)
    {
        json.WriteBoolean("anchored"u8, selector.Anchored);
        json.WriteStartArray("matchers"u8);
        foreach (var matcher in selector.Matchers)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, matcher.Name);
            json.WriteString("type"u8, matcher.Type switch
            {
                MatchType.Equal => "="u8,
                MatchType.NotEqual => "!="u8,
                MatchType.Regexp => "=~"u8,
                _ => "!~"u8,
            });
            json.WriteString("value"u8, matcher.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("name"u8, selector.Name);
        json.WriteNumber("offset"u8, selector.OffsetMs);
        if (range is { } length)
        {
            json.WriteNumber("range"u8, length);
        }

        json.WriteBoolean("smoothed"u8, selector.Smoothed);
        At(json, selector.At);
        Timestamp(json, selector.TimestampMs);
        json.WriteString("type"u8, type);
    }

    private static void At(Utf8JsonWriter json, AtModifier at)
    {
        if (at == AtModifier.None)
        {
            json.WriteNull("startOrEnd"u8);
        }
        else
        {
            json.WriteString("startOrEnd"u8, at == AtModifier.Start ? "start"u8 : "end"u8);
        }
    }

    private static void Timestamp(Utf8JsonWriter json, long? milliseconds)
    {
        if (milliseconds is { } time)
        {
            json.WriteNumber("timestamp"u8, time);
        }
        else
        {
            json.WriteNull("timestamp"u8);
        }
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Texts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
