using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Functions;

/// <summary>The table of all functions of Prometheus 3.14 and how they are called.</summary>
public static class FunctionSignatures
{
    private static readonly FrozenDictionary<string, FunctionSignature> Table = Build().ToFrozenDictionary(f => f.Name);

    /// <summary>All functions, by name.</summary>
    public static IReadOnlyDictionary<string, FunctionSignature> All => Table;

    /// <summary>Finds a function; names are written in lower case.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out FunctionSignature? signature) => Table.TryGetValue(name, out signature);

    private static List<FunctionSignature> Build()
    {
        const ExprType V = ExprType.Vector;
        const ExprType M = ExprType.Matrix;
        const ExprType S = ExprType.Scalar;
        const ExprType T = ExprType.String;
        var table = new List<FunctionSignature>();

        Add(V, [V], "abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count "
            + "histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp");
        Add(V, [M], "absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate "
            + "last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time");
        Add(V, [V], "day_of_month day_of_week day_of_year days_in_month hour minute month year", variadic: 1);
        Add(S, [], "pi time");
        Add(S, [V], "scalar");
        Add(V, [S], "vector");
        Add(V, [V, S, S], "clamp");
        Add(V, [V, S], "clamp_max clamp_min");
        Add(V, [V, S], "round", variadic: 1);
        Add(V, [S, S, V], "histogram_fraction");
        Add(V, [S, V], "histogram_quantile");
        Add(V, [V, T, T, T, T], "label_replace");
        Add(V, [V, T, T, T], "label_join", variadic: -1);
        Add(V, [M, S], "predict_linear");
        Add(V, [S, M], "quantile_over_time");

        Add(S, [], "end range start step", experimental: true);
        Add(S, [S, S], "max_of min_of", experimental: true);
        Add(V, [M], "mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time", experimental: true);
        Add(V, [V], "start_timestamp", experimental: true);
        Add(V, [M, S, S], "double_exponential_smoothing", experimental: true);
        Add(V, [V, T, S, S], "histogram_quantiles", variadic: 9, experimental: true);
        Add(V, [V, V], "info", variadic: 1, experimental: true);
        Add(V, [V, T], "sort_by_label sort_by_label_desc", variadic: -1, experimental: true);
        return table;

        void Add(ExprType returns, ExprType[] arguments, string names, int variadic = 0, bool experimental = false)
        {
            foreach (var name in names.Split(' '))
            {
                table.Add(new FunctionSignature(name, arguments, variadic, returns, experimental));
            }
        }
    }
}
