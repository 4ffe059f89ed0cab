using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Exposition.Text;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;

namespace Tallygate.Gateway.Page;

/// <summary>
/// What <c>/metrics</c> shows: the pushed families of all groups merged, and the program's own families among them, in the byte order of
/// the family names. Text is kept in pages, as it is and deflated; only pages with a change are rendered anew, and only lines with a change
/// formatted. Thread-safe.
/// </summary>
/// <remarks>
/// Own families are rendered at each call. A pushed family hides an own family of its name, but for the names that Pushgateway 1.11 itself
/// exposes (<see cref="ReservedFamilies"/>): those are merged, under the own help text.
/// </remarks>
public sealed class MetricsPage
{
    private static readonly Comparer<Labels> MetricOrder = Comparer<Labels>.Create(PageLine.Compare);

    private readonly Func<GroupsView> _groups;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, FamilyPages> _families = new(Utf8Order.Instance);
    private readonly PageWriter _writer = new();
    private readonly ILogger _logger;
    private GroupsView _view = GroupsView.Empty;

    /// <param name="groups">Gives the view to show, mostly that of <see cref="PushGateway.Groups"/>.</param>
    /// <param name="logger">Told where groups disagree about a help text, when that begins; null: nobody is.</param>
    public MetricsPage(Func<GroupsView> groups, ILogger? logger = null)
    {
        _groups = groups;
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>The page in the text format; the pieces follow each other.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Text(IReadOnlyList<MetricFamily> own, EscapingScheme escaping = EscapingScheme.Underscores)
    {
        lock (_lock)
        {
            return Parts(own, escaping).ConvertAll(static p => p.Text);
        }
    }

    /// <summary>The page in the text format as one gzip member; the pieces follow each other.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Gzip(IReadOnlyList<MetricFamily> own, EscapingScheme escaping = EscapingScheme.Underscores)
    {
        lock (_lock)
        {
            return GzipMember.Of(Parts(own, escaping));
        }
    }

    /// <summary>The merged families in order, for the formats that are not kept.</summary>
    public IReadOnlyList<MetricFamily> Families(IReadOnlyList<MetricFamily> own)
    {
        lock (_lock)
        {
            Refresh();
            var all = new List<MetricFamily>();
            Walk(own, all.Add, pages => Add(all, pages.ToFamily()));
            return all;
        }
    }

    private List<TextPart> Parts(IReadOnlyList<MetricFamily> own, EscapingScheme escaping)
    {
        Refresh();
        var parts = new List<TextPart>();
        var ownText = new ArrayBufferWriter<byte>(8 * 1024);
        Walk(
            own,
            family => PrometheusTextWriter.Write(ownText, family, escaping),
            pages =>
            {
                if (pages.HasUnusualNames && escaping != EscapingScheme.Underscores && pages.ToFamily() is { } family)
                {
                    // Pages are kept with underscores for such names; in any other escaping they are rendered at each call.
                    PrometheusTextWriter.Write(ownText, family, escaping);
                    return;
                }

                Flush(ownText, parts);
                pages.Render(parts, _writer);
            });
        Flush(ownText, parts);
        return parts;
    }

    private void Flush(ArrayBufferWriter<byte> ownText, List<TextPart> parts)
    {
        if (ownText.WrittenCount > 0)
        {
            parts.Add(_writer.Part(ownText.WrittenSpan));
            ownText.ResetWrittenCount();
        }
    }

    private static void Add(List<MetricFamily> all, MetricFamily? family)
    {
        if (family is not null)
        {
            all.Add(family);
        }
    }

    /// <summary>Goes through own and pushed families in the order of their names.</summary>
    private void Walk(IReadOnlyList<MetricFamily> own, Action<MetricFamily> showOwn, Action<FamilyPages> showPushed)
    {
        var sorted = own.ToArray();
        Array.Sort(sorted, static (a, b) => Utf8Order.CompareOrdinal(a.Name, b.Name));
        var next = 0;
        foreach (var (name, pages) in _families)
        {
            for (; next < sorted.Length && Utf8Order.CompareOrdinal(sorted[next].Name, name) < 0; next++)
            {
                showOwn(sorted[next]);
            }

            var mine = next < sorted.Length && sorted[next].Name == name ? sorted[next++] : null;
            if (mine is not null && pages.ToFamily() is var pushed && (pushed is null || ReservedFamilies.Contains(name)))
            {
                showOwn(Merge(mine, pushed));
            }
            else
            {
                showPushed(pages);
            }
        }

        for (; next < sorted.Length; next++)
        {
            showOwn(sorted[next]);
        }
    }

    private static MetricFamily Merge(MetricFamily own, MetricFamily? pushed) => pushed is null ? own : new MetricFamily
    {
        Name = own.Name,
        Help = own.Help,
        Type = own.Type,
        Unit = own.Unit,
        Metrics = [.. own.Metrics.Concat(pushed.Metrics).OrderBy(static m => m.Labels, MetricOrder)],
    };

    private void Refresh()
    {
        var view = _groups();
        GroupsDiff.Between(_view, view, Change);
        _view = view;
    }

    private void Change(MetricGroup? before, MetricGroup? after)
    {
        var key = (after ?? before)!.Key;
        var old = before is null ? [] : before.FamiliesSpan;
        var now = after is null ? [] : after.FamiliesSpan;
        var i = 0;
        var j = 0;
        while (i < old.Length || j < now.Length)
        {
            var order = i == old.Length ? 1 : j == now.Length ? -1 : Utf8Order.CompareOrdinal(old[i].Family.Name, now[j].Family.Name);
            var leaves = order <= 0 ? old[i++] : null;
            var comes = order >= 0 ? now[j++] : null;
            Change(key, leaves, comes);
        }

        if (before?.Push != after?.Push)
        {
            Change(key, before?.PushTime, after?.PushTime);
        }

        if (before?.Failure != after?.Failure)
        {
            Change(key, before?.PushFailureTime, after?.PushFailureTime);
        }
    }

    private void Change(Labels group, GroupFamily? before, GroupFamily? after)
    {
        // A family without metrics shows nothing, nor has it a say in help and type.
        before = before?.Family.Metrics.Count == 0 ? null : before;
        after = after?.Family.Metrics.Count == 0 ? null : after;
        if (ReferenceEquals(before, after))
        {
            return;
        }

        var name = (after ?? before)!.Family.Name;
        if (!_families.TryGetValue(name, out var pages))
        {
            pages = new FamilyPages(name);
            _families.Add(name, pages);
        }

        if (after is not null && pages.Holders > (before is null ? 0 : 1) && after.Family.Help != pages.Help && (before is null || before.Family.Help != after.Family.Help))
        {
            Log.HelpDiffers(_logger, name, group, after.Family.Help ?? "", pages.Help ?? "");
        }

        pages.Change(group, before, after);
        if (pages.IsEmpty)
        {
            _families.Remove(name);
        }
    }
}
