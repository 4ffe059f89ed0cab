using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Tests.PromQL.Evaluation;

namespace Tallygate.Tests.PromQL.Functions;

public sealed class MathFunctionTests
{
    private static readonly Engine Engine = new(new EngineOptions { ExperimentalFunctions = true }, TimeProvider.System);

    [Theory]
    [InlineData("sin", 1, 0.8414709848078965)]
    [InlineData("cos", 1, 0.5403023058681398)]
    [InlineData("tan", 1, 1.5574077246549023)]
    [InlineData("asin", 0.5, 0.5235987755982989)]
    [InlineData("acos", 0.5, 1.0471975511965979)]
    [InlineData("atan", 0.5, 0.46364760900080615)]
    [InlineData("sinh", 1, 1.1752011936438014)]
    [InlineData("cosh", 1, 1.5430806348152437)]
    [InlineData("tanh", 1, 0.7615941559557649)]
    [InlineData("asinh", 1, 0.881373587019543)]
    [InlineData("acosh", 2, 1.3169578969248166)]
    [InlineData("atanh", 0.5, 0.5493061443340548)]
    [InlineData("deg", Math.PI, 180)]
    [InlineData("rad", 180, Math.PI)]
    [InlineData("ln", Math.E, 1)]
    [InlineData("log2", 8, 3)]
    [InlineData("log10", 1000, 3)]
    [InlineData("sgn", -7, -1)]
    [InlineData("ceil", 1.2, 2)]
    [InlineData("floor", -1.2, -2)]
    [InlineData("round", -1.5, -1)]
    [InlineData("round", 2.5, 3)]
    [InlineData("sqrt", 9, 3)]
    [InlineData("exp", 0, 1)]
    [InlineData("acos", 2, double.NaN)]
    public void Function_of_one_float(string function, double argument, double expected)
    {
        Assert.Equal(expected, Value($"{function}(vector({Text(argument)}))"), 1e-12);
    }

    [Theory]
    [InlineData("scalar(clamp(vector(5), 1, 3))", 3)]
    [InlineData("scalar(clamp(vector(NaN), 1, 3))", double.NaN)]
    [InlineData("scalar(clamp_max(vector(NaN), -Inf))", double.NegativeInfinity)]
    [InlineData("scalar(round(vector(5.5), 2))", 6)]
    [InlineData("1 atan2 1", 0.7853981633974483)]
    [InlineData("-7 % 4", -3)]
    [InlineData("2 ^ 3 ^ 2", 512)]
    [InlineData("0 ^ 0", 1)]
    [InlineData("1 / 0", double.PositiveInfinity)]
    [InlineData("NaN == bool NaN", 0)]
    [InlineData("max_of(1, 2) + min_of(3, 4)", 5)]
    [InlineData("pi()", Math.PI)]
    public void Scalars(string query, double expected) => Assert.Equal(expected, Value(query), 1e-12);

    [Theory]
    [InlineData(0, 1970, 1, 1, 1, 4, 31)]
    [InlineData(951_782_400, 2000, 2, 29, 60, 2, 29)]
    [InlineData(1_735_689_599, 2024, 12, 31, 366, 2, 31)]
    [InlineData(-1, 1969, 12, 31, 365, 3, 31)]
    [InlineData(-2_203_891_200, 1900, 3, 1, 60, 4, 31)]
    public void Dates(long seconds, int year, int month, int day, int dayOfYear, int dayOfWeek, int daysInMonth)
    {
        Assert.Equal(year, Value($"year(vector({seconds}))"));
        Assert.Equal(month, Value($"month(vector({seconds}))"));
        Assert.Equal(day, Value($"day_of_month(vector({seconds}))"));
        Assert.Equal(dayOfYear, Value($"day_of_year(vector({seconds}))"));
        Assert.Equal(dayOfWeek, Value($"day_of_week(vector({seconds}))"));
        Assert.Equal(daysInMonth, Value($"days_in_month(vector({seconds}))"));
    }

    private static double Value(string query)
    {
        var result = Engine.Instant(SampleStore.Of(1000), query, 0);
        Assert.Null(result.Error);
        return result.Value is Scalar scalar ? scalar.Value : Assert.Single(((Vector)result.Value!).Samples).Value;
    }

    private static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
