using System.Globalization;
using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.PromQL.Parsing;

/// <summary>
/// Parses expressions by precedence climbing. A method that gives null has reported why; parsing then ends, since one error in the
/// grammar makes all further ones guesses.
/// </summary>
internal sealed class ExprParser(TokenStream tokens, ParserOptions options)
{
    /// <summary>So deep may parentheses, calls, signs and right sides nest.</summary>
    public const int DeepestNesting = 500;

    private const int SignPrecedence = 5;
    private readonly DurationParser _durations = new(tokens, options);
    private readonly ModifierApplier _modifiers = new(tokens, options);
    private readonly MatchingParser _matching = new(tokens, options);
    private NestingContext _context = NestingContext.None;
    private int _aggregationStart;
    private int _depth;

    /// <summary>How the matching of a binary expression was written, where the tree had to drop or change it.</summary>
    public Dictionary<BinaryExpr, VectorMatching> WrittenMatching { get; } = [];

    /// <summary>Parses a whole query.</summary>
    public Expr? Query()
    {
        if (tokens.Kind == TokenKind.End)
        {
            tokens.AddError(default, "no expression found in input");
            return null;
        }

        var expr = Expression(0);
        if (expr is not null && tokens.Kind != TokenKind.End)
        {
            tokens.Unexpected();
            return null;
        }

        return expr;
    }

    /// <summary>Parses a selector without modifiers.</summary>
    public VectorSelector? Selector()
    {
        if (tokens.Kind != TokenKind.LeftBrace && !tokens.Kind.IsMetricName())
        {
            tokens.Unexpected();
            return null;
        }

        return SelectorHere();
    }

    private Expr? Expression(int above)
    {
        if (++_depth > DeepestNesting)
        {
            tokens.AddError(tokens.Bytes(tokens.Current), $"expression is nested more than {DeepestNesting} levels deep");
            return null;
        }

        var left = Operand();
        while (left is not null && tokens.Kind.TryGetBinary(out var op) && op.Precedence() > above)
        {
            tokens.Advance();
            left = Binary(left, op);
        }

        _depth--;
        return left;
    }

    private BinaryExpr? Binary(Expr left, BinaryOperator op)
    {
        var returnsBool = tokens.TryAdvance(TokenKind.Bool);
        if (_matching.Parse(out var reported) is not { } matching)
        {
            if (!reported)
            {
                Fail();
            }

            return null;
        }

        var right = Expression(op == BinaryOperator.Power ? op.Precedence() - 1 : op.Precedence());
        if (right is null)
        {
            return null;
        }

        var position = new PositionRange(left.Position.Start, right.Position.End);
        if (!options.FillModifiers && (matching.FillLeft is not null || matching.FillRight is not null))
        {
            tokens.AddError(position, "binop fill modifiers are experimental and not enabled");
        }

        var betweenVectors = left.Type == ExprType.Vector && right.Type == ExprType.Vector;
        var setOperator = op.IsSet() && matching.Cardinality == MatchCardinality.OneToOne;
        var binary = new BinaryExpr
        {
            Position = position,
            Operator = op,
            Left = left,
            Right = right,
            Matching = !betweenVectors ? null : setOperator ? matching with { Cardinality = MatchCardinality.ManyToMany } : matching,
            ReturnsBool = returnsBool,
        };
        if (!betweenVectors && !ReferenceEquals(matching, ModifierApplier.PlainMatching))
        {
            WrittenMatching.Add(binary, matching);
        }

        return binary;
    }

    private Expr? Operand()
    {
        if (tokens.Kind is TokenKind.Add or TokenKind.Subtract)
        {
            var sign = tokens.Advance();
            var operand = Expression(SignPrecedence);
            return operand is null ? null : Signed(sign, operand);
        }

        var expr = Primary();
        while (expr is not null)
        {
            switch (tokens.Kind)
            {
                case TokenKind.LeftBracket:
                    expr = RangeOrSubquery(expr);
                    break;
                case TokenKind.Offset:
                    expr = Offset(expr);
                    break;
                case TokenKind.At:
                    expr = At(expr);
                    break;
                case TokenKind.Anchored or TokenKind.Smoothed:
                    expr = _modifiers.Extend(expr, tokens.Advance().Kind == TokenKind.Anchored);
                    break;
                default:
                    return expr;
            }
        }

        return null;
    }

    private Expr Signed(in Token sign, Expr operand)
    {
        var position = new PositionRange(tokens.Bytes(sign).Start, operand.Position.End);
        var negative = sign.Kind == TokenKind.Subtract;
        return operand is NumberLiteral number
            ? new NumberLiteral { Position = position, Value = negative ? -number.Value : number.Value, IsDuration = number.IsDuration }
            : new UnaryExpr { Position = position, IsNegation = negative, Operand = operand };
    }

    private Expr? Primary()
    {
        var first = tokens.Current;
        switch (first.Kind)
        {
            case TokenKind.Number or TokenKind.Duration:
                return _durations.Literal();
            case TokenKind.String:
                tokens.Advance();
                return new StringLiteral { Position = tokens.Bytes(first), Value = Literals.Unquote(tokens.Written(first)) };
            case TokenKind.LeftParen:
                tokens.Advance();
                var inner = Expression(0);
                if (inner is null)
                {
                    return null;
                }

                if (tokens.Kind != TokenKind.RightParen)
                {
                    return Fail();
                }

                return new ParenExpr { Position = tokens.Bytes(first.Start, tokens.Advance().End), Inner = inner };
            case TokenKind.LeftBrace:
                return SelectorHere();
            default:
                if (!first.Kind.IsMetricName())
                {
                    return Fail();
                }

                return NameHere(first);
        }
    }

    private Expr? NameHere(in Token name)
    {
        tokens.Advance();
        if (name.Kind.IsAggregation() && tokens.Kind is TokenKind.LeftParen or TokenKind.By or TokenKind.Without)
        {
            return Aggregation(name);
        }

        return tokens.Kind == TokenKind.LeftParen && name.Kind is TokenKind.Identifier or >= TokenKind.Start
            ? Call(name)
            : SelectorAfter(name);
    }

    private VectorSelector? SelectorHere()
    {
        if (tokens.Kind != TokenKind.LeftBrace)
        {
            return SelectorAfter(tokens.Advance());
        }

        var start = tokens.Current.Start;
        return LabelListParser.Matchers(tokens, out var end) is { } matchers
            ? new VectorSelector { Position = tokens.Bytes(start, end), Matchers = matchers }
            : null;
    }

    private VectorSelector? SelectorAfter(in Token nameToken)
    {
        var name = tokens.Written(nameToken).ToString();
        var end = nameToken.End;
        List<LabelMatcher>? matchers = [];
        if (tokens.Kind == TokenKind.LeftBrace)
        {
            matchers = LabelListParser.Matchers(tokens, out end);
            if (matchers is null)
            {
                return null;
            }
        }

        matchers.Add(new LabelMatcher(MatchType.Equal, Labels.MetricName, name));
        return new VectorSelector { Position = tokens.Bytes(nameToken.Start, end), Name = name, Matchers = matchers };
    }

    private AggregateExpr? Aggregation(in Token name)
    {
        var outer = (_context, _aggregationStart);
        (_context, _aggregationStart) = (NestingContext.Aggregation, name.Start);
        var (without, grouping) = (false, (List<string>?)null);
        if (tokens.Kind != TokenKind.LeftParen && !TryGrouping(out without, out grouping))
        {
            return null;
        }

        if (tokens.Kind != TokenKind.LeftParen)
        {
            Fail();
            return null;
        }

        var arguments = Arguments(out var end);
        if (arguments is null)
        {
            return null;
        }

        if (grouping is null && tokens.Kind is TokenKind.By or TokenKind.Without)
        {
            if (!TryGrouping(out without, out grouping))
            {
                return null;
            }

            end = tokens.LastClosing;
        }

        (_context, _aggregationStart) = outer;
        return _modifiers.Aggregate(name, tokens.Bytes(name.Start, end), arguments, grouping ?? [], without);
    }

    private bool TryGrouping(out bool without, out List<string>? grouping)
    {
        without = tokens.Advance().Kind == TokenKind.Without;
        grouping = LabelListParser.Grouping(tokens);
        return grouping is not null;
    }

    private CallExpr? Call(in Token name)
    {
        var arguments = Arguments(out var end);
        if (arguments is null)
        {
            return null;
        }

        var text = tokens.Written(name).ToString();
        if (!FunctionSignatures.TryGet(text, out var function))
        {
            tokens.AddError(tokens.Bytes(name), "unknown function with name " + GoQuote.Quote(text));
            function = new FunctionSignature(text, [], -1, ExprType.None, Experimental: false);
        }
        else if (function.Experimental && !options.ExperimentalFunctions)
        {
            tokens.AddError(tokens.Bytes(name), $"function {GoQuote.Quote(text)} is not enabled");
        }

        return new CallExpr { Position = tokens.Bytes(name.Start, end), Function = function, Arguments = arguments };
    }

    private List<Expr>? Arguments(out int end)
    {
        end = 0;
        tokens.Advance();
        var arguments = new List<Expr>();
        if (tokens.Kind != TokenKind.RightParen)
        {
            if (Expression(0) is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
            while (tokens.Kind == TokenKind.Comma)
            {
                var comma = tokens.Advance();
                if (tokens.Kind is TokenKind.RightParen or TokenKind.Comma or TokenKind.End or TokenKind.Error)
                {
                    tokens.AddError(tokens.Bytes(comma), "trailing commas not allowed in function call args");
                    continue;
                }

                if (Expression(0) is not { } next)
                {
                    return null;
                }

                arguments.Add(next);
            }
        }

        if (tokens.Kind != TokenKind.RightParen)
        {
            Fail();
            return null;
        }

        end = tokens.Advance().End;
        return arguments;
    }

    private Expr? RangeOrSubquery(Expr expr)
    {
        var open = tokens.Advance();
        if (_durations.Positive() is not { } range)
        {
            return Fail(NestingContext.Range);
        }

        if (tokens.Kind == TokenKind.RightBracket)
        {
            return _modifiers.Range(expr, range, tokens.Bytes(open.Start, tokens.Advance().End));
        }

        if (!tokens.TryAdvance(TokenKind.Colon))
        {
            return Fail(NestingContext.AfterRange);
        }

        Expr? step = null;
        if (tokens.Kind != TokenKind.RightBracket)
        {
            step = _durations.Positive();
            if (step is null || tokens.Kind != TokenKind.RightBracket)
            {
                return Fail(step is null ? NestingContext.Step : NestingContext.AfterStep);
            }
        }

        return ModifierApplier.Subquery(expr, range, step, tokens.Bytes(tokens.Advance()).End);
    }

    private Expr? Offset(Expr expr)
    {
        tokens.Advance();
        var offset = _durations.Offset();
        return offset is null ? Fail(NestingContext.Offset) : _modifiers.Offset(expr, offset, tokens.LastConsumedEnd);
    }

    private Expr? At(Expr expr)
    {
        tokens.Advance();
        if (tokens.Kind is TokenKind.Start or TokenKind.EndWord)
        {
            var word = tokens.Advance().Kind == TokenKind.Start ? AtModifier.Start : AtModifier.End;
            return tokens.TryAdvance(TokenKind.LeftParen) && tokens.TryAdvance(TokenKind.RightParen)
                ? _modifiers.At(expr, null, word, tokens.LastConsumedEnd)
                : Fail(NestingContext.At);
        }

        var negative = tokens.Kind == TokenKind.Subtract;
        if (negative || tokens.Kind == TokenKind.Add)
        {
            tokens.Advance();
        }

        if (tokens.Kind is not (TokenKind.Number or TokenKind.Duration))
        {
            return Fail(NestingContext.At);
        }

        var seconds = _durations.Literal().Value;
        return _modifiers.At(expr, negative ? -seconds : seconds, AtModifier.None, tokens.LastConsumedEnd);
    }

    private Expr? Fail(NestingContext context)
    {
        _context = context;
        return Fail();
    }

    private Expr? Fail()
    {
        tokens.Unexpected(_context.Name, _context.Expected);
        if (_context.IsAggregation)
        {
            // Upstream's end is that of the last closing bracket, wherever that was.
            tokens.AddError(
                tokens.Bytes(_aggregationStart, Math.Max(_aggregationStart, tokens.LastClosing)), "no arguments for aggregate expression provided");
        }

        return null;
    }
}
