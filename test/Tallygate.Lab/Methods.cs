namespace Tallygate.Lab;

/// <summary>The ways to count that are compared.</summary>
internal static class Methods
{
    /// <summary>Where <c>:pushed</c> stands in <see cref="All"/>.</summary>
    public const int Pushed = 2;

    public static IReadOnlyList<(string Name, string Expression)> All { get; } =
    [
        ("naive", "sum_over_time(records_processed[1d])"),
        ("recipe", "sum_over_time(records_processed_dedupe[1d])"),
        (":pushed", "sum_over_time(records_processed:pushed[1d])"),
    ];
}
