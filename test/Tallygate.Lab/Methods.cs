namespace Tallygate.Lab;

/// <summary>The ways to count that are compared.</summary>
internal static class Methods
{
    /// <summary>Where <c>:pushed</c> stands in <see cref="All"/>.</summary>
    public const int Pushed = 3;

    /// <summary>Where the running total stands that the API shows.</summary>
    public const int Total = 4;

    /// <summary>Names and queries; an empty query stands for the running total as <c>/api/v1/totals</c> shows it.</summary>
    public static IReadOnlyList<(string Name, string Expression)> All { get; } =
    [
        ("naive", "sum_over_time(records_processed[1d])"),
        ("recipe", "sum_over_time(records_processed_dedupe[1d])"),
        ("increase", "increase(records_processed_pushed_total[1d])"),
        (":pushed", "sum_over_time(records_processed:pushed[1d])"),
        ("total", ""),
    ];
}
