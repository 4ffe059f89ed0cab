namespace Tallygate.Tests.PromQL.Evaluation;

/// <summary>Makes queries that parse, of all that the language has and the fast way treats in its own manner.</summary>
internal sealed class RandomExpressions
{
    private static readonly string[] RangeFunctions =
    [
        "sum_over_time", "avg_over_time", "count_over_time", "min_over_time", "max_over_time", "last_over_time", "first_over_time",
        "present_over_time", "absent_over_time", "stddev_over_time", "stdvar_over_time", "rate", "increase", "delta", "irate", "idelta",
        "changes", "resets", "deriv", "mad_over_time", "ts_of_min_over_time", "ts_of_max_over_time", "ts_of_first_over_time",
        "ts_of_last_over_time",
    ];

    private static readonly string[] Aggregates = ["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"];
    private static readonly string[] Arithmetic = ["+", "-", "*", "/", "%", "^", "atan2"];
    private static readonly string[] Comparisons = ["==", "!=", ">", "<", ">=", "<="];
    private static readonly string[] Sets = ["and", "or", "unless"];
    private static readonly string[] Groupings = ["", "", " by (job)", " by (instance)", " by (job, le)", " without (instance)", " by (__name__)", " without ()"];
    private static readonly string[] Math = ["abs", "ceil", "sqrt", "exp", "ln", "sgn", "round", "-", "timestamp", "absent", "floor"];
    private static readonly string[] Matchings = ["", "on (instance) ", "ignoring (le) ", "on (job, instance) ", "on (job) group_left () ", "on (job) group_right (le) "];

    private readonly Random _random;

    public RandomExpressions(Random random) => _random = random;

    public string Vector(int depth)
    {
        if (depth <= 0)
        {
            return Selector();
        }

        return _random.Next(17) switch
        {
            0 => Selector(),
            1 or 2 or 3 or 4 => RangeCall(depth),
            5 or 6 or 7 => $"{Of(Aggregates)}{Of(Groupings)} ({Vector(depth - 1)})",
            8 => $"{Of("topk", "bottomk", "quantile")}{Of(Groupings)} ({Scalar(depth - 1)}, {Vector(depth - 1)})",
            9 => $"({Vector(depth - 1)}) {Of(Arithmetic)} {Of(Matchings)}({Vector(depth - 1)})",
            10 => $"({Vector(depth - 1)}) {Of(Comparisons)} {Of("", "bool ")}{Of(Matchings)}({Vector(depth - 1)})",
            11 => $"({Vector(depth - 1)}) {Of(Sets)} {Of("", "on (instance) ", "ignoring (le) ")}({Vector(depth - 1)})",
            12 => $"({Vector(depth - 1)}) {Of(Arithmetic)} {Scalar(depth - 1)}",
            13 => $"{Scalar(depth - 1)} {Of(Comparisons)} {Of("", "bool ")}({Vector(depth - 1)})",
            14 => $"{Of(Math)}({Vector(depth - 1)})",
            15 => $"histogram_quantile({Scalar(0)}, {Vector(depth - 1)})",
            _ => Of($"clamp({Vector(depth - 1)}, -1, 5)", $"sort({Vector(depth - 1)})", $"label_replace({Vector(depth - 1)}, \"x\", \"$1\", \"job\", \"(.).*\")"),
        };
    }

    private string RangeCall(int depth) => _random.Next(8) switch
    {
        0 => $"quantile_over_time({Scalar(depth - 1)}, {Range(depth)})",
        1 => $"predict_linear({Range(depth)}, {Scalar(depth - 1)})",
        2 => $"double_exponential_smoothing({Range(depth)}, 0.5, 0.{_random.Next(1, 9)})",
        _ => $"{Of(RangeFunctions)}({Range(depth)})",
    };

    private string Range(int depth) => _random.Next(5) == 0
        ? $"({Vector(depth - 1)})[{Window()}:{Of("", "7s", "10s", "30s")}]{Modifier()}"
        : $"{Name()}[{Window()}]{Modifier()}";

    private string Selector() => Name() + Modifier();

    private string Name() => Of(RandomSeries.Names)
        + Of("", "", "", "{job=\"j0\"}", "{instance=~\"i[0-2]\"}", "{le!=\"+Inf\"}", "{job=~\".+\", instance!~\"i1\"}", "{job=\"none\"}");

    private string Window() => _random.Next(6) switch { 0 => "1s", 1 => "30s", 2 => "1m", 3 => "5m", 4 => "15s", _ => $"{_random.Next(1, 400)}s" };

    private string Modifier() => _random.Next(8) switch
    {
        0 => $" offset {_random.Next(1, 120)}s",
        1 => $" offset -{_random.Next(1, 120)}s",
        2 => $" @ {_random.Next(0, 700)}",
        3 => Of(" @ start()", " @ end()"),
        _ => "",
    };

    private string Scalar(int depth) => _random.Next(8) switch
    {
        0 => "0.9",
        1 => "1",
        2 => Of("2", "-1", "0", "1.5", "NaN", "Inf"),
        3 when depth > 0 => $"scalar({Vector(depth - 1)})",
        4 => Of("time() / 1000", "(3 - 1)", "pi()", "-(time() - 300)"),
        _ => Of("0.5", "0.25", "3", "1e3"),
    };

    private string Of(params string[] choices) => choices[_random.Next(choices.Length)];
}
