namespace Tallygate.Server.Configuration;

/// <summary>Reads the section <c>storage</c>.</summary>
internal static class StorageSection
{
    /// <summary>How many exemplars are kept where the file does not say it.</summary>
    public const int DefaultMaxExemplars = 100_000;

    /// <summary>How many exemplars are kept; 0: none. What else the section may have is ignored, with a warning.</summary>
    public static int ReadMaxExemplars(YamlMap storage)
    {
        var exemplars = storage.Map("exemplars", "exemplars");
        var most = exemplars.Whole("max_exemplars");
        exemplars.End();
        if (storage.Get("tsdb") is { } tsdb)
        {
            storage.File.Warn($"{storage.File.Name}:{tsdb.Start.Line}: the section storage.tsdb is not supported yet and is ignored");
        }

        storage.End();
        return (int)Math.Clamp(most ?? DefaultMaxExemplars, 0, Array.MaxLength / 64);
    }
}
