using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>
/// Parses durations inside brackets and behind <c>offset</c>: a <see cref="NumberLiteral"/> in seconds, or a
/// <see cref="DurationExpr"/>. Null means an error at the present token, which the caller explains.
/// </summary>
internal sealed class DurationParser(TokenStream tokens, ParserOptions options)
{
    private const double LongestSeconds = 9223372036.854775808;
    private const int DeepestNesting = 500;
    private int _depth;

    /// <summary>A duration that must be greater than 0 where that can be seen already.</summary>
    public Expr? Positive()
    {
        var duration = Calculation(0);
        if (duration is NumberLiteral { Value: <= 0 } number)
        {
            tokens.AddError(number.Position, "duration must be greater than 0");
            return Zero();
        }

        return duration;
    }

    /// <summary>
    /// What may stand behind <c>offset</c>: binary operators belong to it only behind parentheses without a sign,
    /// so <c>foo offset -1^2</c> is a power of <c>foo offset -1</c>.
    /// </summary>
    public Expr? Offset()
    {
        if (tokens.Kind == TokenKind.LeftParen)
        {
            return Calculation(0);
        }

        if (tokens.Kind is not (TokenKind.Add or TokenKind.Subtract))
        {
            return Operand();
        }

        var sign = tokens.Advance();
        if (tokens.Kind is TokenKind.Add or TokenKind.Subtract)
        {
            var signed = Calculation(DurationPrecedence.Sign);
            return signed is null ? null : Continue(Signed(sign, signed), 0);
        }

        if (tokens.Kind == TokenKind.Number || tokens.Kind == TokenKind.Duration)
        {
            // The range is checked with the sign on it.
            return Signed(sign, Literal());
        }

        var operand = Operand();
        return operand switch
        {
            null => null,
            DurationExpr { Operator: DurationOperator.Step or DurationOperator.Range, InParens: false } =>
                new DurationExpr
                {
                    Position = new(tokens.Bytes(sign).Start, operand.Position.End),
                    Operator = sign.Kind == TokenKind.Subtract ? DurationOperator.Subtract : DurationOperator.Add,
                    Right = operand,
                },
            DurationExpr { Operator: DurationOperator.MinOf or DurationOperator.MaxOf, InParens: false } =>
                new DurationExpr
                {
                    Position = new(tokens.Bytes(sign).Start, operand.Position.End),
                    Operator = sign.Kind == TokenKind.Subtract ? DurationOperator.Subtract : DurationOperator.Add,
                    Right = operand,
                },
            _ => Signed(sign, operand),
        };
    }

    /// <summary>A number or a duration as a number of seconds; the present token must be one.</summary>
    public NumberLiteral Literal()
    {
        var isDuration = tokens.Kind == TokenKind.Duration;
        var position = tokens.Bytes(tokens.Current);
        var written = tokens.Written(tokens.Current).ToString();
        double value;
        if (isDuration)
        {
            if (!PromDuration.TryParse(written, out var milliseconds, out var error))
            {
                tokens.AddError(position, error);
            }

            value = milliseconds / 1000.0;
        }
        else if (!Literals.TryParseNumber(written, out value, out var error))
        {
            tokens.AddError(position, "error parsing number: " + error);
        }

        tokens.Advance();
        return new NumberLiteral { Position = position, Value = value, IsDuration = isDuration };
    }

    private static NumberLiteral Zero() => new() { Position = default, Value = 0 };

    private Expr? Calculation(int above)
    {
        if (++_depth > DeepestNesting)
        {
            return null;
        }

        var left = Unary();
        var whole = left is null ? null : Continue(left, above);
        _depth--;
        return whole;
    }

    private Expr? Continue(Expr left, int above)
    {
        while (DurationPrecedence.TryGet(tokens.Kind, out var op, out var precedence) && precedence > above)
        {
            var sign = tokens.Advance();
            var right = Calculation(op == DurationOperator.Power ? precedence - 1 : precedence);
            if (right is null)
            {
                return null;
            }

            CheckEnabled(left.Position);
            if (op is DurationOperator.Divide or DurationOperator.Modulo && right is NumberLiteral { Value: 0 })
            {
                tokens.AddError(tokens.Bytes(sign), op == DurationOperator.Divide ? "division by zero" : "modulo by zero");
                left = Zero();
                continue;
            }

            left = new DurationExpr
            {
                Position = new(left.Position.Start, right.Position.End),
                Operator = op,
                Left = left,
                Right = right,
            };
        }

        return left;
    }

    private Expr? Unary()
    {
        if (tokens.Kind is TokenKind.Add or TokenKind.Subtract)
        {
            var sign = tokens.Advance();
            var operand = Calculation(DurationPrecedence.Sign);
            return operand is null ? null : Signed(sign, operand);
        }

        return Operand();
    }

    private Expr? Operand()
    {
        var first = tokens.Current;
        switch (first.Kind)
        {
            case TokenKind.Number or TokenKind.Duration:
                return InRange(Literal(), tokens.Bytes(first));
            case TokenKind.Step or TokenKind.Range:
                tokens.Advance();
                return tokens.TryAdvance(TokenKind.LeftParen) && tokens.Kind == TokenKind.RightParen
                    ? Enabled(first.Kind == TokenKind.Step ? DurationOperator.Step : DurationOperator.Range, first, null, null)
                    : null;
            case TokenKind.MinOf or TokenKind.MaxOf:
                tokens.Advance();
                return tokens.TryAdvance(TokenKind.LeftParen)
                    && Calculation(0) is { } left
                    && tokens.TryAdvance(TokenKind.Comma)
                    && Calculation(0) is { } right
                    && tokens.Kind == TokenKind.RightParen
                    ? Enabled(first.Kind == TokenKind.MinOf ? DurationOperator.MinOf : DurationOperator.MaxOf, first, left, right)
                    : null;
            case TokenKind.LeftParen:
                tokens.Advance();
                var inner = Calculation(0);
                if (inner is null || tokens.Kind != TokenKind.RightParen)
                {
                    return null;
                }

                CheckEnabled(inner.Position);
                return InParens(inner, tokens.Bytes(first.Start, tokens.Advance().End));
            default:
                return null;
        }
    }

    private DurationExpr Enabled(DurationOperator op, in Token first, Expr? left, Expr? right)
    {
        var position = tokens.Bytes(first.Start, tokens.Advance().End);
        CheckEnabled(position);
        return new DurationExpr { Position = position, Operator = op, Left = left, Right = right };
    }

    private void CheckEnabled(PositionRange position)
    {
        if (!options.DurationExpressions)
        {
            tokens.AddError(position, "experimental duration expression is not enabled");
        }
    }

    private NumberLiteral InRange(NumberLiteral number, PositionRange position)
    {
        if (number.Value is <= LongestSeconds and >= -LongestSeconds || double.IsNaN(number.Value))
        {
            return number;
        }

        tokens.AddError(position, "duration out of range");
        return Zero();
    }

    private Expr Signed(in Token sign, Expr operand)
    {
        var position = new PositionRange(tokens.Bytes(sign).Start, operand.Position.End);
        var negative = sign.Kind == TokenKind.Subtract;
        if (operand is NumberLiteral number)
        {
            return InRange(
                new NumberLiteral { Position = position, Value = negative ? -number.Value : number.Value, IsDuration = number.IsDuration },
                tokens.Bytes(sign));
        }

        return negative
            ? new DurationExpr { Position = position, Operator = DurationOperator.Subtract, Right = operand }
            : operand;
    }

    /// <summary>A number in parentheses is a sum without a left side, so that the parentheses are not forgotten.</summary>
    private static DurationExpr InParens(Expr inner, PositionRange position) => inner is DurationExpr calculation
        ? new DurationExpr
        {
            Position = position,
            Operator = calculation.Operator,
            Left = calculation.Left,
            Right = calculation.Right,
            InParens = true,
        }
        : new DurationExpr { Position = position, Operator = DurationOperator.Add, Right = inner, InParens = true };
}
