using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Parsing;

/// <summary>Parses the values of series notation: <c>1+2x3 _x2 stale {{sum:1}}x4</c>.</summary>
internal sealed class SeriesValuesParser(TokenStream tokens)
{
    /// <summary>So many samples may one line stand for.</summary>
    private const int MostValues = 10_000_000;

    private readonly SeriesNumbers _numbers = new(tokens);
    private readonly List<SequenceValue> _values = [];

    /// <summary>The values; null after an error.</summary>
    public List<SequenceValue>? Parse()
    {
        while (tokens.Kind != TokenKind.End)
        {
            if (!tokens.TryAdvance(TokenKind.Space))
            {
                return Fail();
            }

            if (tokens.Kind is not (TokenKind.Space or TokenKind.End) && !TryItem())
            {
                return null;
            }
        }

        return _values;
    }

    private bool TryItem()
    {
        switch (tokens.Kind)
        {
            case TokenKind.Blank:
                tokens.Advance();
                if (tokens.Kind != TokenKind.Times)
                {
                    _values.Add(SequenceValue.None);
                    return true;
                }

                return TryRepetition(0, out var omitted) && Add(Enumerable.Repeat(SequenceValue.None, omitted));
            case TokenKind.OpenHistogram:
                return TryHistogram();
            default:
                return TryFloat();
        }
    }

    private bool TryFloat()
    {
        double value;
        if (tokens.Kind == TokenKind.Identifier)
        {
            if (tokens.Written(tokens.Current) is not "stale")
            {
                tokens.Unexpected("series values", "number or \"stale\"");
                return false;
            }

            tokens.Advance();
            value = StaleMarker.Value;
        }
        else if (!_numbers.TrySigned(out value))
        {
            return Fail() is not null;
        }

        var step = 0.0;
        if (tokens.Kind is TokenKind.Add or TokenKind.Subtract)
        {
            if (!_numbers.TrySigned(out step) || tokens.Kind != TokenKind.Times)
            {
                return Fail() is not null;
            }
        }
        else if (tokens.Kind != TokenKind.Times)
        {
            return Add([SequenceValue.Of(value)]);
        }

        var steps = step != 0 || double.IsNaN(step);
        if (!TryRepetition(1, out var count))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            _values.Add(SequenceValue.Of(value));

            // Arithmetic would change the bits of a stale marker.
            value = steps ? value + step : value;
        }

        return true;
    }

    private bool TryHistogram()
    {
        var description = new HistogramDescription(tokens, _numbers);
        if (description.Parse() is not { } first)
        {
            return false;
        }

        var negative = tokens.Kind == TokenKind.Subtract;
        if (!negative && tokens.Kind != TokenKind.Add)
        {
            var value = SequenceValue.Of(first, description.HintWasGiven);
            var count = 1;
            return (tokens.Kind != TokenKind.Times || TryRepetition(1, out count)) && Add(Enumerable.Repeat(value, count));
        }

        tokens.Advance();
        if (tokens.Kind != TokenKind.OpenHistogram)
        {
            return Fail() is not null;
        }

        var stepDescription = new HistogramDescription(tokens, _numbers);
        if (stepDescription.Parse() is not { } step)
        {
            return false;
        }

        if (tokens.Kind != TokenKind.Times)
        {
            return Fail() is not null;
        }

        return TryRepetition(1, out var repetitions) && TryProgression(first, step, negative, repetitions, stepDescription.HintWasGiven);
    }

    private bool TryProgression(FloatHistogram first, FloatHistogram step, bool negative, int count, bool hintWasGiven)
    {
        var place = new Ast.PositionRange(tokens.LastConsumedStart, tokens.LastConsumedEnd);
        var current = first;
        for (var i = 0; i < count; i++)
        {
            _values.Add(SequenceValue.Of(current, hintWasGiven));
            if (i == count - 1)
            {
                break;
            }

            if (current.Schema > step.Schema)
            {
                tokens.AddError(place, $"error combining histograms: cannot merge from schema {step.Schema} to {current.Schema}");
                return false;
            }

            current = current.Copy();
            if (!(negative ? current.TrySubtract(step, out _) : current.TryAdd(step, out _)))
            {
                tokens.AddError(
                    place, "cannot apply this operation on histograms with a mix of exponential and custom bucket schemas");
                return false;
            }
        }

        return true;
    }

    /// <summary>Parses <c>xN</c> and gives N plus <paramref name="first"/>.</summary>
    private bool TryRepetition(int first, out int count)
    {
        count = 0;
        tokens.Advance();
        if (!_numbers.TryCount(out var repetitions))
        {
            return Fail() is not null;
        }

        if (repetitions > MostValues - _values.Count)
        {
            tokens.AddError(
                new Ast.PositionRange(tokens.LastConsumedStart, tokens.LastConsumedEnd), $"more than {MostValues} values in one series");
            return false;
        }

        count = (int)repetitions + first;
        return true;
    }

    private bool Add(IEnumerable<SequenceValue> values)
    {
        _values.AddRange(values);
        return true;
    }

    private List<SequenceValue>? Fail()
    {
        tokens.Unexpected("series values");
        return null;
    }
}
