using System.Text;
using Tallygate.Gateway.Folds;
using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>The series that a push made a group lose: those that POST replaced with their family, or PUT with the whole group. Immutable.</summary>
/// <param name="Count">How many.</param>
/// <param name="Names">
/// The first of them, without the grouping labels: <c>a{x="1"}, b</c>. All ASCII, as a header needs it: other bytes, and <c>%</c>, are
/// percent-encoded UTF-8. Where some are left out it ends in <c>, ...</c>.
/// </param>
public sealed record DroppedSeries(int Count, string Names)
{
    private const int MostLength = 2000;

    /// <summary>What the group lost between two states; null for nothing.</summary>
    internal static DroppedSeries? Between(MetricGroup? before, MetricGroup after)
    {
        if (before is null)
        {
            return null;
        }

        var count = 0;
        StringBuilder? names = null;
        foreach (var old in before.FamiliesSpan)
        {
            var now = after.Find(old.Family.Name)?.Family;
            if (ReferenceEquals(now, old.Family) || (now is not null && now.HasSameLabels(old.Family)))
            {
                continue;
            }

            var left = new HashSet<Labels>();
            for (var i = 0; i < now?.Metrics.Count; i++)
            {
                left.Add(now.LabelsAt(i));
            }

            for (var i = 0; i < old.Family.Metrics.Count; i++)
            {
                if (!left.Contains(old.Family.LabelsAt(i)))
                {
                    count++;
                    Append(names ??= new StringBuilder(), old.Family.Name, old.Family.LabelsAt(i), before.Key);
                }
            }
        }

        return names is null ? null : new DroppedSeries(count, names.ToString());
    }

    private static void Append(StringBuilder names, string name, Labels labels, Labels group)
    {
        if (names.Length > MostLength)
        {
            if (names[^1] != '.')
            {
                names.Append(", ...");
            }

            return;
        }

        var own = labels.AsSpan().ToArray().Where(l => !group.Has(l.Name) && !(l.Name == "instance" && l.Value.Length == 0))
            .Select(static l => (NameValidation.IsLegacyLabelName(l.Name) ? l.Name : GoQuote.Quote(l.Name)) + "=" + GoQuote.Quote(l.Value));
        var text = string.Join(',', own);
        var series = NameValidation.IsLegacyMetricName(name) ? text.Length == 0 ? name : $"{name}{{{text}}}" : $"{{{GoQuote.Quote(name)}{(text.Length == 0 ? "" : "," + text)}}}";
        names.Append(names.Length == 0 ? "" : ", ");
        foreach (var b in ByteText.Encode(series))
        {
            if (b is >= 0x20 and < 0x7F and not (byte)'%')
            {
                names.Append((char)b);
            }
            else
            {
                names.Append('%').Append(((int)b).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }
}
