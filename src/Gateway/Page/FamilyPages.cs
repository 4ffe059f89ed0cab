using Tallygate.Gateway.Folds;
using Tallygate.Model;

namespace Tallygate.Gateway.Page;

/// <summary>
/// One pushed family, merged over all groups, as pages of some KiB of text in final order. A change renders only the pages that it
/// touches, and of those formats only the lines that changed.
/// </summary>
internal sealed class FamilyPages(string name)
{
    /// <summary>
    /// How much text a page is cut to. One changed line has its whole page copied and deflated, so small pages make changes cheap; each page
    /// begins without anything to refer back to, so large ones pack better.
    /// </summary>
    internal const int PageBytes = 8 * 1024;

    private const int MostBytes = 2 * PageBytes;
    private const int FewBytes = PageBytes / 4;
    private const int MaxLines = 512;

    private readonly List<LinePage> _pages = [];
    private GroupFamily? _header;
    private int _holders;

    /// <summary>Whether no group holds the family any more.</summary>
    public bool IsEmpty => _holders == 0;

    /// <summary>
    /// Whether the family has, or had since no group held it, a name beyond the old pattern: its text then depends on what the scraper asks for.
    /// </summary>
    public bool HasUnusualNames { get; private set; } = !NameValidation.IsLegacyMetricName(name);

    /// <summary>The help text that stands above the family; null where nobody gave any, or nobody holds it.</summary>
    public string? Help => _header?.Family.Help;

    /// <summary>How many groups hold the family.</summary>
    public int Holders => _holders;

    /// <summary>Takes over a group's change; of <paramref name="before"/> and <paramref name="after"/> one may be null.</summary>
    public void Change(Labels group, GroupFamily? before, GroupFamily? after)
    {
        if (before is not null && (after is null || !before.Family.HasSameLabels(after.Family)))
        {
            for (var i = 0; i < before.Family.Metrics.Count; i++)
            {
                Take(new PageLine(before, i, group));
            }
        }

        for (var i = 0; i < after?.Family.Metrics.Count; i++)
        {
            Put(new PageLine(after, i, group));
        }

        _holders += (after is null ? 0 : 1) - (before is null ? 0 : 1);
        ChooseHeader(before, after);
    }

    /// <summary>Adds the family's parts to <paramref name="target"/>, rendering what changed.</summary>
    public void Render(List<TextPart> target, PageWriter writer)
    {
        for (var i = 0; i < _pages.Count; i++)
        {
            if (_pages[i].Text is null)
            {
                RenderPage(i, writer);
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

    private void Put(in PageLine line)
    {
        if (_pages.Count == 0)
        {
            _pages.Add(new LinePage());
        }

        var index = PageOf(line);
        var page = _pages[index];
        var at = page.Span.BinarySearch(line);
        if (at >= 0)
        {
            page.Lines[at] = line;
        }
        else
        {
            page.Lines.Insert(~at, line);
            HasUnusualNames |= !NameValidation.AreLegacyLabelNames(line.Metric.Labels);
        }

        page.Text = null;
        if (page.Lines.Count > MaxLines)
        {
            Split(index, page.Lines.Count / 2);
        }
    }

    private void Take(in PageLine line)
    {
        if (_pages.Count == 0)
        {
            return;
        }

        var index = PageOf(line);
        var page = _pages[index];
        var at = page.Span.BinarySearch(line);
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
        var page = _pages[index];
        _pages.Insert(index + 1, new LinePage { Lines = page.Lines.GetRange(at, page.Lines.Count - at), Written = page.Written });
        page.Lines.RemoveRange(at, page.Lines.Count - at);
        page.Lines.TrimExcess();
    }

    /// <summary>The last page whose first line does not come after <paramref name="line"/>, or the first page.</summary>
    private int PageOf(in PageLine line)
    {
        var low = 0;
        var high = _pages.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            var lines = _pages[middle].Span;
            (low, high) = lines.Length > 0 && lines[0].CompareTo(line) <= 0 ? (middle, high) : (low, middle - 1);
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
            _pages.ForEach(static p => p.Forget());
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
        foreach (var page in _pages)
        {
            foreach (ref readonly var line in page.Span)
            {
                best = best is null || IsBetter(line.Source, best) ? line.Source : best;
            }
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

    private void RenderPage(int index, PageWriter writer)
    {
        var page = _pages[index];
        writer.Begin(name, _header!.Family.Type);
        if (index == 0)
        {
            writer.Header(_header.Family.Help);
        }

        page.Render(writer);
        if (writer.Length < FewBytes && index + 1 < _pages.Count)
        {
            // Lines of another page have their text elsewhere.
            _pages[index + 1].Forget();
            page.Lines.AddRange(_pages[index + 1].Lines);
            _pages.RemoveAt(index + 1);
            RenderPage(index, writer);
            return;
        }

        var end = writer.Length;
        if (end > MostBytes)
        {
            var lines = page.Span;
            var keep = 1;
            while (keep < lines.Length && lines[keep].Start < PageBytes)
            {
                keep++;
            }

            if (keep < lines.Length)
            {
                // The rest becomes a page of its own; the loop over the pages comes to it next.
                end = lines[keep].Start;
                page.Written = writer.Written.ToArray();
                Split(index, keep);
            }
        }

        page.Text = writer.Take(end);
        page.Written = page.Text.Text;
    }
}
