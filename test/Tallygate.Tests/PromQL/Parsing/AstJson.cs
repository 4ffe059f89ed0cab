using System.Text.Json.Nodes;
using Tallygate.Model;
using Tallygate.PromQL.Ast;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.PromQL.Parsing;

/// <summary>Writes a tree in the form of the corpus's <c>ast</c>.</summary>
internal static class AstJson
{
    public static JsonNode Of(Expr expr) => expr switch
    {
        NumberLiteral n => Number(n),
        StringLiteral s => new JsonObject { ["node"] = "string", ["value"] = Text(s.Value) },
        ParenExpr p => new JsonObject { ["node"] = "paren", ["expr"] = Of(p.Inner) },
        UnaryExpr u => new JsonObject { ["node"] = "unary", ["op"] = u.IsNegation ? "-" : "+", ["expr"] = Of(u.Operand) },
        BinaryExpr b => Binary(b),
        VectorSelector s => Selector(s),
        MatrixSelector m => Duration(new JsonObject { ["node"] = "range", ["selector"] = Selector(m.Selector) }, "range", m.RangeMs, m.RangeExpr),
        SubqueryExpr s => Subquery(s),
        AggregateExpr a => Aggregate(a),
        CallExpr c => new JsonObject
        {
            ["node"] = "call",
            ["func"] = c.Function.Name,
            ["args"] = new JsonArray([.. c.Arguments.Select(Of)]),
        },
        DurationExpr d => DurationNode(d),
        _ => throw new ArgumentException(expr.GetType().Name, nameof(expr)),
    };

    private static JsonNode Text(string value)
    {
        return value.Any(ByteText.IsRawByte) && value.Where((c, i) => char.IsLowSurrogate(c) && (i == 0 || !char.IsHighSurrogate(value[i - 1]))).Any()
            ? new JsonObject { ["base64"] = Convert.ToBase64String(ByteText.Encode(value)) }
            : JsonValue.Create(value);
    }

    private static JsonObject Number(NumberLiteral n)
    {
        var node = new JsonObject { ["node"] = "number" };
        node["value"] = double.IsFinite(n.Value) ? n.Value : FloatText.Format(n.Value, FloatForm.General);
        if (n.IsDuration)
        {
            node["duration"] = true;
        }

        return node;
    }

    private static JsonObject Binary(BinaryExpr b)
    {
        var node = new JsonObject { ["node"] = "binary", ["op"] = b.Operator.Text(), ["lhs"] = Of(b.Left), ["rhs"] = Of(b.Right) };
        if (b.ReturnsBool)
        {
            node["bool"] = true;
        }

        if (b.Matching is { } m)
        {
            var matching = new JsonObject
            {
                ["card"] = m.Cardinality.Name(),
                ["on"] = m.On,
                ["labels"] = Strings(m.Labels),
                ["include"] = Strings(m.Include),
            };
            node["matching"] = matching;
            if (m.FillLeft is { } left)
            {
                matching["fill_left"] = left;
            }

            if (m.FillRight is { } right)
            {
                matching["fill_right"] = right;
            }
        }

        return node;
    }

    private static JsonObject Selector(VectorSelector s)
    {
        var matchers = s.Matchers.Select(m => new[]
        {
            m.Name,
            m.Type switch { MatchType.Equal => "=", MatchType.NotEqual => "!=", MatchType.Regexp => "=~", _ => "!~" },
            m.Value,
        }).OrderBy(m => string.Join(' ', m), StringComparer.Ordinal);
        var node = new JsonObject { ["node"] = "selector", ["matchers"] = new JsonArray([.. matchers.Select(Strings)]) };
        if (s.Name.Length > 0)
        {
            node["name"] = s.Name;
        }

        if (s.Anchored)
        {
            node["anchored"] = true;
        }

        if (s.Smoothed)
        {
            node["smoothed"] = true;
        }

        return Modifiers(node, s.OffsetMs, s.OffsetExpr, s.TimestampMs, s.At);
    }

    private static JsonObject Subquery(SubqueryExpr s)
    {
        var node = Duration(new JsonObject { ["node"] = "subquery", ["expr"] = Of(s.Inner) }, "range", s.RangeMs, s.RangeExpr);
        if (s.StepMs != 0 || s.StepExpr is not null)
        {
            Duration(node, "step", s.StepMs, s.StepExpr);
        }

        return Modifiers(node, s.OffsetMs, s.OffsetExpr, s.TimestampMs, s.At);
    }

    private static JsonObject Aggregate(AggregateExpr a)
    {
        var node = new JsonObject { ["node"] = "aggregate", ["op"] = a.Operator.Text(), ["expr"] = Of(a.Inner), ["grouping"] = Strings(a.Grouping) };
        if (a.Parameter is { } parameter)
        {
            node["param"] = Of(parameter);
        }

        if (a.Without)
        {
            node["without"] = true;
        }

        return node;
    }

    private static JsonObject DurationNode(DurationExpr d)
    {
        var node = new JsonObject
        {
            ["node"] = "duration",
            ["op"] = d.Operator switch
            {
                DurationOperator.Add => "+",
                DurationOperator.Subtract => "-",
                DurationOperator.Multiply => "*",
                DurationOperator.Divide => "/",
                DurationOperator.Modulo => "%",
                DurationOperator.Power => "^",
                DurationOperator.Step => "step",
                DurationOperator.Range => "range",
                DurationOperator.MinOf => "min_of",
                _ => "max_of",
            },
        };
        if (d.Left is { } left)
        {
            node["lhs"] = Of(left);
        }

        if (d.Right is { } right)
        {
            node["rhs"] = Of(right);
        }

        if (d.InParens)
        {
            node["paren"] = true;
        }

        return node;
    }

    private static JsonObject Modifiers(JsonObject node, long offsetMs, DurationExpr? offsetExpr, long? timestampMs, AtModifier at)
    {
        if (offsetMs != 0 || offsetExpr is not null)
        {
            Duration(node, "offset", offsetMs, offsetExpr);
        }

        if (timestampMs is { } ms)
        {
            node["at_ms"] = ms;
        }
        else if (at != AtModifier.None)
        {
            node["at"] = at == AtModifier.Start ? "start()" : "end()";
        }

        return node;
    }

    private static JsonObject Duration(JsonObject node, string name, long ms, DurationExpr? expr)
    {
        if (expr is null)
        {
            node[name + "_ms"] = ms;
        }
        else
        {
            node[name + "_expr"] = Of(expr);
        }

        return node;
    }

    private static JsonNode Strings(IEnumerable<string> texts) => new JsonArray([.. texts.Select(t => JsonValue.Create(t))]);
}
