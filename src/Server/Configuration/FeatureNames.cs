using Tallygate.PromQL;

namespace Tallygate.Server.Configuration;

/// <summary>The names that <c>--enable-feature</c> knows: Prometheus's own. What is unknown or of no effect is warned of, and is no error.</summary>
internal static class FeatureNames
{
    private static readonly Dictionary<string, Func<EngineOptions, EngineOptions>> OfQueries = new()
    {
        ["promql-experimental-functions"] = static options => options with { ExperimentalFunctions = true },
        ["promql-delayed-name-removal"] = static options => options with { DelayedNameRemoval = true },
        ["promql-extended-range-selectors"] = static options => options with { ExtendedRangeSelectors = true },
        ["promql-binop-fill-modifiers"] = static options => options with { FillModifiers = true },
        ["use-start-timestamps"] = static options => options with { StartTimestamps = true },
        ["type-and-unit-labels"] = static options => options with { TypeAndUnitLabels = true },
    };

    /// <summary>Keeps exemplars.</summary>
    public const string ExemplarStorage = "exemplar-storage";

    /// <summary>Keeps what is said of families over a restart.</summary>
    public const string MetadataRecords = "metadata-wal-records";

    /// <summary>What the composition looks at.</summary>
    private static readonly HashSet<string> OfStores = [ExemplarStorage, MetadataRecords];

    /// <summary>What Prometheus has made part of every server.</summary>
    private static readonly HashSet<string> Permanent = ["promql-duration-expr", "ooo-native-histograms"];

    /// <summary>What Prometheus has beside; scripts that name it must start.</summary>
    private static readonly HashSet<string> WithoutEffect =
    [
        "auto-reload-config", "concurrent-rule-eval", "created-timestamp-zero-ingestion", "delayed-compaction",
        "extra-scrape-metrics", "fast-startup", "histograms-st-encoding", "memory-snapshot-on-shutdown",
        "native-histograms", "old-ui", "otlp-deltatocumulative", "otlp-native-delta-ingestion", "promql-per-step-stats", "search-api",
        "st-storage", "st-synthesis", "use-uncached-io", "xor2-encoding",
    ];

    /// <summary>The names that do something, in order.</summary>
    public static IEnumerable<string> Effective => OfQueries.Keys.Concat(OfStores).Order(StringComparer.Ordinal);

    /// <summary>The settings of queries with the features switched on.</summary>
    public static EngineOptions Apply(EngineOptions options, IEnumerable<string> features)
    {
        foreach (var feature in features)
        {
            options = OfQueries.TryGetValue(feature, out var enable) ? enable(options) : options;
        }

        return options;
    }

    /// <summary>What an operator should hear of a name; null where it does what it says.</summary>
    public static string? Warning(string feature) =>
        OfQueries.ContainsKey(feature) || OfStores.Contains(feature) ? null
        : Permanent.Contains(feature) ? "This option for --enable-feature is now permanently enabled and therefore a no-op."
        : WithoutEffect.Contains(feature) ? "This option for --enable-feature has no effect here."
        : "Unknown option for --enable-feature";
}
