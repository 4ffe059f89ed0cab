using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>
/// Reads PromQL. Text that is not UTF-8 comes in as <see cref="ByteText"/> holds it, and strings of a query leave the same way.
/// Thread-safe; nothing is thrown but what is said here, however wild the text.
/// </summary>
public static class Parser
{
    /// <summary>Parses a query and checks its types.</summary>
    /// <param name="options">What is switched on; null for <see cref="ParserOptions.Default"/>.</param>
    /// <exception cref="PromQLSyntaxException">The text is no valid query; it carries all errors.</exception>
    public static Expr ParseExpr(string text, ParserOptions? options = null) =>
        TryParseExpr(text, options, out var expr, out var errors) ? expr : throw new PromQLSyntaxException(errors);

    /// <summary>Parses a query and checks its types; <paramref name="errors"/> is empty exactly where that succeeds.</summary>
    public static bool TryParseExpr(
        string text, ParserOptions? options, [NotNullWhen(true)] out Expr? expr, out IReadOnlyList<PromQLSyntaxError> errors)
    {
        var tokens = Open(text);
        var parser = new ExprParser(tokens, options ?? ParserOptions.Default);
        expr = parser.Query();
        if (tokens.Errors.Count == 0 && expr is not null)
        {
            new TypeChecker(tokens, parser.WrittenMatching).CheckQuery(expr);
        }

        errors = tokens.Errors;
        expr = errors.Count == 0 ? expr : null;
        return expr is not null;
    }

    /// <summary>
    /// Parses a selector such as those of <c>match[]</c>. That it matches all series (<c>{}</c>) is no error here; the name, where
    /// one stands before the braces, is the last matcher.
    /// </summary>
    /// <exception cref="PromQLSyntaxException">The text is no selector.</exception>
    public static IReadOnlyList<LabelMatcher> ParseMatchers(string text) =>
        TryParseMatchers(text, out var matchers, out var errors) ? matchers : throw new PromQLSyntaxException(errors);

    /// <summary>Parses a selector such as those of <c>match[]</c>; see <see cref="ParseMatchers"/>.</summary>
    public static bool TryParseMatchers(
        string text, [NotNullWhen(true)] out IReadOnlyList<LabelMatcher>? matchers, out IReadOnlyList<PromQLSyntaxError> errors)
    {
        var tokens = Open(text);
        var selector = new ExprParser(tokens, ParserOptions.Default).Selector();
        if (selector is not null && tokens.Kind != TokenKind.End)
        {
            tokens.Unexpected();
        }

        errors = tokens.Errors;
        matchers = errors.Count == 0 ? selector?.Matchers : null;
        return matchers is not null;
    }

    /// <summary>Parses the labels of one series: <c>name{label="value"}</c>.</summary>
    /// <exception cref="PromQLSyntaxException">The text is no series.</exception>
    public static Labels ParseMetric(string text) =>
        TryParseMetric(text, out var labels, out var errors) ? labels : throw new PromQLSyntaxException(errors);

    /// <summary>Parses the labels of one series; see <see cref="ParseMetric"/>.</summary>
    public static bool TryParseMetric(
        string text, [NotNullWhen(true)] out Labels? labels, out IReadOnlyList<PromQLSyntaxError> errors)
    {
        var tokens = Open(text);
        labels = SeriesLabels.Parse(tokens);
        if (labels is not null && tokens.Kind != TokenKind.End)
        {
            tokens.Unexpected();
        }

        errors = tokens.Errors;
        labels = errors.Count == 0 ? labels : null;
        return labels is not null;
    }

    /// <summary>Parses a line of series notation: a series and its values, or its start timestamps.</summary>
    /// <exception cref="PromQLSyntaxException">The text is no such line.</exception>
    public static SeriesDescription ParseSeriesDescription(string line) =>
        TryParseSeriesDescription(line, out var description, out var errors) ? description : throw new PromQLSyntaxException(errors);

    /// <summary>Parses a line of series notation; see <see cref="ParseSeriesDescription"/>.</summary>
    public static bool TryParseSeriesDescription(
        string line, [NotNullWhen(true)] out SeriesDescription? description, out IReadOnlyList<PromQLSyntaxError> errors)
    {
        ArgumentNullException.ThrowIfNull(line);
        description = null;
        var at = StartTimestamps.Find(line);
        if (at >= 0)
        {
            var series = Open(line[..at]);
            var of = SeriesLabels.Parse(series);
            if (of is not null && series.Kind != TokenKind.End)
            {
                series.Unexpected();
            }

            var whole = new TokenStream(line, () => default);
            if (!StartTimestamps.TryParse(line, at + 3, out var offsets, out var bad))
            {
                whole.AddError(whole.Bytes(bad.Start, bad.End), "bad start timestamp: " + GoQuote.Quote(line.AsSpan(bad.Start..bad.End)));
            }

            errors = [.. series.Errors, .. whole.Errors];
            description = errors.Count == 0 && of is not null ? new SeriesDescription(of, [], offsets) : null;
            return description is not null;
        }

        var tokens = new TokenStream(line, new SeriesLexer(new TextCursor(line)).Next);
        if (SeriesLabels.Parse(tokens) is { } labels && new SeriesValuesParser(tokens).Parse() is { } values && tokens.Errors.Count == 0)
        {
            description = new SeriesDescription(labels, values);
        }

        errors = tokens.Errors;
        return description is not null;
    }

    private static TokenStream Open(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TokenStream(text, new Lexer(new TextCursor(text)).Next);
    }
}
