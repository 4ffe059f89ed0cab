namespace Tallygate.Server.Configuration;

/// <summary>Reads the section <c>storage</c>.</summary>
internal static class StorageSection
{
    /// <summary>How many exemplars are kept where the file does not say it.</summary>
    public const int DefaultMaxExemplars = 100_000;

    /// <summary>How many exemplars are kept, 0: none; and how late a sample may come, zero: not late at all.</summary>
    public static (int MaxExemplars, TimeSpan OutOfOrderWindow) Read(YamlMap storage)
    {
        var exemplars = storage.Map("exemplars", "exemplars");
        var most = exemplars.Whole("max_exemplars");
        exemplars.End();
        var tsdb = storage.Map("tsdb", "tsdb");
        var window = tsdb.Duration("out_of_order_time_window") ?? TimeSpan.Zero;
        foreach (var key in (ReadOnlySpan<string>)["retention", "stale_series_compaction_threshold", "chunk_encoding"])
        {
            if (tsdb.Get(key) is { } ignored)
            {
                storage.File.Warn($"{storage.File.Name}:{ignored.Start.Line}: storage.tsdb.{key} is not supported yet and is ignored");
            }
        }

        tsdb.End();
        storage.End();
        return ((int)Math.Clamp(most ?? DefaultMaxExemplars, 0, Array.MaxLength / 64), window);
    }
}
