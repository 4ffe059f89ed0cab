using System.Buffers;
using Tallygate.Exposition.Text;
using Tallygate.Gateway.Folds;
using Tallygate.Model;

namespace Tallygate.Gateway.Page;

/// <summary>
/// One pushed family, merged over all groups, as pages of about 32 KiB of text in final order. A change renders only the pages that it
/// touches.
/// </summary>
internal sealed class FamilyPages(string name)
{
    private const int PageBytes = 32 * 1024;
    private const int FewBytes = PageBytes / 4;
    private const int MaxLines = 2048;

    private readonly List<LinePage> _pages = [];
    private readonly Dictionary<Labels, GroupFamily> _holders = [];
    private GroupFamily? _header;

    /// <summary>Whether no group holds the family any more.</summary>
    public bool IsEmpty => _holders.Count == 0;

    /// <summary>Takes over a group's change; of <paramref name="before"/> and <paramref name="after"/> one may be null.</summary>
    public void Change(Labels group, GroupFamily? before, GroupFamily? after)
    {
        if (before is null || after is null || !HasSameLabels(before.Family, after.Family))
        {
            foreach (var metric in before?.Family.Metrics ?? [])
            {
                Take(new PageLine(metric, group));
            }
        }

        foreach (var metric in after?.Family.Metrics ?? [])
        {
            Put(new PageLine(metric, group));
        }

        if (after is not null)
        {
            _holders[group] = after;
        }
        else
        {
            _holders.Remove(group);
        }

        ChooseHeader(before, after);
    }

    /// <summary>Adds the family's parts to <paramref name="target"/>, rendering what changed.</summary>
    public void Render(List<TextPart> target, ArrayBufferWriter<byte> buffer)
    {
        for (var i = 0; i < _pages.Count; i++)
        {
            if (_pages[i].Text is null)
            {
                RenderPage(i, buffer);
            }

            target.Add(_pages[i].Text!);
        }
    }

    /// <summary>The merged family; null where it has no metrics.</summary>
    public MetricFamily? ToFamily()
    {
        if (_pages.Count == 0)
        {
            return null;
        }

        var metrics = _pages.SelectMany(static p => p.Lines).Select(static l => l.Metric).ToArray();
        var header = _header!.Family;
        return new MetricFamily { Name = name, Help = header.Help, Type = header.Type, Unit = header.Unit, Metrics = metrics };
    }

    private void Put(PageLine line)
    {
        if (_pages.Count == 0)
        {
            _pages.Add(new LinePage());
        }

        var page = _pages[PageOf(line)];
        var at = page.Lines.BinarySearch(line);
        if (at >= 0)
        {
            page.Lines[at] = line;
        }
        else
        {
            page.Lines.Insert(~at, line);
        }

        page.Text = null;
        if (page.Lines.Count > MaxLines)
        {
            Split(_pages.IndexOf(page), page.Lines.Count / 2);
        }
    }

    private void Take(PageLine line)
    {
        if (_pages.Count == 0)
        {
            return;
        }

        var index = PageOf(line);
        var page = _pages[index];
        var at = page.Lines.BinarySearch(line);
        if (at < 0)
        {
            return;
        }

        page.Lines.RemoveAt(at);
        page.Text = null;
        if (page.Lines.Count == 0)
        {
            _pages.RemoveAt(index);
            DropHeaderText();
        }
    }

    private void Split(int index, int at)
    {
        var lines = _pages[index].Lines;
        _pages.Insert(index + 1, new LinePage { Lines = lines.GetRange(at, lines.Count - at) });
        lines.RemoveRange(at, lines.Count - at);
    }

    /// <summary>The last page whose first line does not come after <paramref name="line"/>, or the first page.</summary>
    private int PageOf(PageLine line)
    {
        var low = 0;
        var high = _pages.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            var first = _pages[middle].Lines;
            (low, high) = first.Count > 0 && first[0].CompareTo(line) <= 0 ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>The latest push with a help text decides the family's help and type, or the latest at all where none has one.</summary>
    private void ChooseHeader(GroupFamily? before, GroupFamily? after)
    {
        var chosen = _header;
        if (chosen is null || ReferenceEquals(chosen, before))
        {
            // Where the chosen one had no help, none has, and the latest is the best.
            chosen = after is not null && (after.Family.Help is not null || chosen?.Family.Help is null) ? after : Best();
        }
        else if (after is not null && IsBetter(after, chosen))
        {
            chosen = after;
        }

        if (_header?.Family.Type != chosen?.Family.Type)
        {
            _pages.ForEach(static p => p.Text = null);
        }
        else if (_header?.Family.Help != chosen?.Family.Help)
        {
            DropHeaderText();
        }

        _header = chosen;
    }

    private GroupFamily? Best()
    {
        GroupFamily? best = null;
        foreach (var family in _holders.Values)
        {
            best = best is null || IsBetter(family, best) ? family : best;
        }

        return best;
    }

    private static bool IsBetter(GroupFamily family, GroupFamily than) =>
        (family.Family.Help is not null, family.WrittenUnixNano).CompareTo((than.Family.Help is not null, than.WrittenUnixNano)) > 0;

    private void DropHeaderText()
    {
        if (_pages.Count > 0)
        {
            _pages[0].Text = null;
        }
    }

    private void RenderPage(int index, ArrayBufferWriter<byte> buffer)
    {
        var page = _pages[index];
        var header = _header!.Family;
        buffer.ResetWrittenCount();
        if (index == 0)
        {
            PrometheusTextWriter.WriteHeader(buffer, name, header.Help, header.Type);
        }

        for (var i = 0; i < page.Lines.Count; i++)
        {
            PrometheusTextWriter.WriteMetric(buffer, name, header.Type, page.Lines[i].Metric);
            if (buffer.WrittenCount >= PageBytes && i + 1 < page.Lines.Count)
            {
                // The rest becomes a page of its own; the loop over the pages comes to it next.
                Split(index, i + 1);
            }
        }

        if (buffer.WrittenCount < FewBytes && index + 1 < _pages.Count)
        {
            page.Lines.AddRange(_pages[index + 1].Lines);
            _pages.RemoveAt(index + 1);
            RenderPage(index, buffer);
            return;
        }

        page.Text = new TextPart(buffer.WrittenSpan.ToArray());
    }

    private static bool HasSameLabels(MetricFamily a, MetricFamily b)
    {
        if (a.Metrics.Count != b.Metrics.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Metrics.Count; i++)
        {
            if (!a.Metrics[i].Labels.Equals(b.Metrics[i].Labels))
            {
                return false;
            }
        }

        return true;
    }
}
