using Tallygate.Model;
using Tallygate.Scrape.Relabeling;

namespace Tallygate.Scrape;

/// <summary>How the labels of the exposition and of the target become those of a series.</summary>
internal static class SampleLabels
{
    private const string ExportedPrefix = "exported_";

    /// <summary>
    /// The labels of the series, or null where relabeling drops it. Where both sides have a label, the exposition's wins if it is honoured,
    /// even an empty one (so <c>instance=""</c> keeps the target's instance away); else it is kept as <c>exported_…</c>.
    /// </summary>
    public static Labels? Merge(Labels exposed, Labels target, bool honor, Relabeler relabeler)
    {
        var labels = new LabelsBuilder(exposed);
        List<Label>? moved = null;
        foreach (ref readonly var label in target.AsSpan())
        {
            if (!exposed.TryGet(label.Name, out var value))
            {
                labels.Set(label.Name, label.Value);
            }
            else if (!honor)
            {
                if (value.Length > 0)
                {
                    (moved ??= []).Add(new Label(label.Name, value));
                }

                labels.Set(label.Name, label.Value);
            }
        }

        // Short names first, as upstream: exported_a is settled before exported_exported_a is looked for.
        foreach (var label in moved?.OrderBy(static l => l.Name.Length) ?? Enumerable.Empty<Label>())
        {
            var name = ExportedPrefix + label.Name;
            while (labels.Get(name).Length > 0)
            {
                name = ExportedPrefix + name;
            }

            labels.Set(name, label.Value);
        }

        if (relabeler.IsEmpty)
        {
            return labels.ToLabels().WithoutEmpty();
        }

        labels.Reset(labels.ToLabels().WithoutEmpty());
        return relabeler.Apply(labels) ? labels.ToLabels().WithoutEmpty() : null;
    }
}
