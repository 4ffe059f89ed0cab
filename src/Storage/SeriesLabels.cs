using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>The rule for the labels of a stored series, for those who implement <see cref="IAppender"/>.</summary>
public static class SeriesLabels
{
    /// <summary>Whether a store takes a series of these labels: there is at least one, and none has an empty name or value.</summary>
    public static bool AreValid(Labels labels)
    {
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (label.Name.Length == 0 || label.Value.Length == 0)
            {
                return false;
            }
        }

        return labels.Count > 0;
    }
}
