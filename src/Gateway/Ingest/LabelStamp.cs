using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// Sets the grouping labels on pushed metrics: they win over labels of the body, and <c>instance=""</c> is added where there is no
/// instance at all.
/// </summary>
internal sealed class LabelStamp(Labels grouping)
{
    private static readonly Label NoInstance = new("instance", "");

    private Label[] _buffer = new Label[16];

    /// <summary>The labels of a metric.</summary>
    /// <param name="pushed">The labels of the body.</param>
    /// <param name="known">Labels that the metric had in the last push, perhaps: where they are the same, they are used again.</param>
    public Labels Stamp(Labels pushed, Labels? known)
    {
        if (_buffer.Length < pushed.Count + grouping.Count + 1)
        {
            _buffer = new Label[pushed.Count + grouping.Count + 16];
        }

        var merged = Merge(pushed);
        return known is not null && known.AsSpan().SequenceEqual(merged) ? known : Labels.FromSorted(merged.ToArray());
    }

    private Span<Label> Merge(Labels pushed)
    {
        var count = 0;
        var i = 0;
        var j = 0;
        var hasInstance = false;
        while (i < pushed.Count || j < grouping.Count)
        {
            var order = i == pushed.Count ? 1 : j == grouping.Count ? -1 : Utf8Order.CompareOrdinal(pushed[i].Name, grouping[j].Name);
            var next = order < 0 ? pushed[i] : grouping[j];
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
            hasInstance |= next.Name == NoInstance.Name;
            _buffer[count++] = next;
        }

        if (hasInstance)
        {
            return _buffer.AsSpan(0, count);
        }

        var at = count;
        while (at > 0 && Utf8Order.CompareOrdinal(_buffer[at - 1].Name, NoInstance.Name) > 0)
        {
            _buffer[at] = _buffer[at - 1];
            at--;
        }

        _buffer[at] = NoInstance;
        return _buffer.AsSpan(0, count + 1);
    }
}
