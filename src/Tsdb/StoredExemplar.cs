using Tallygate.Model;

namespace Tallygate.Tsdb;

/// <summary>One exemplar as it is kept.</summary>
/// <param name="Labels">Its own labels, none of them empty; a trace id, mostly.</param>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="HasOwnTime">Whether the exposition said the time; else it is that of the sample.</param>
public readonly record struct StoredExemplar(Labels Labels, double Value, long Time, bool HasOwnTime)
{
    /// <summary>OpenMetrics: how many characters the names and values of an exemplar's labels may have together.</summary>
    public const int MaxLabelCharacters = 128;

    /// <summary>An exemplar in the form in which it is kept.</summary>
    /// <param name="time">Unix milliseconds; for one that does not say its time.</param>
    internal static StoredExemplar Of(Exemplar exemplar, long time) => new(
        exemplar.Labels.WithoutEmpty(),
        exemplar.Value,
        exemplar.TimestampUnixNano is { } nanoseconds ? (long)Math.Floor(nanoseconds / 1e6m) : time,
        exemplar.TimestampUnixNano is not null);

    /// <summary>Whether the labels are short enough, and valid.</summary>
    internal bool HasGoodLabels()
    {
        var characters = 0;
        foreach (ref readonly var label in Labels.AsSpan())
        {
            if (label.Name.Length == 0)
            {
                return false;
            }

            characters += Count(label.Name) + Count(label.Value);
        }

        return characters <= MaxLabelCharacters;
    }

    /// <summary>
    /// Whether it is the same one: where neither has a time of its own, it was seen again. NaN is no other NaN, as in Prometheus.
    /// </summary>
    internal bool IsSame(in StoredExemplar other) =>
        Value == other.Value && (!(HasOwnTime || other.HasOwnTime) || Time == other.Time) && Labels.Equals(other.Labels);

    private static int Count(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
