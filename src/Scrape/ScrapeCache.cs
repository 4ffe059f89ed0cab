using Tallygate.Model;

namespace Tallygate.Scrape;

/// <summary>
/// What is remembered of a target's series between scrapes: which text of the exposition is which series, so that a scrape that shows what
/// the last one showed builds no labels; and which series the last scrape showed, so that their end is noticed. Not thread-safe.
/// </summary>
internal sealed class ScrapeCache
{
    private readonly Dictionary<byte[], ScrapedText> _texts = new(SeriesTextComparer.Instance);
    private readonly Dictionary<byte[], ScrapedText>.AlternateLookup<ReadOnlySpan<byte>> _textsBySpan;
    private readonly Dictionary<Labels, ScrapedSeries> _series = [];
    private List<ScrapedSeries> _last = [];
    private List<ScrapedSeries> _now = [];
    private int _textsUsed;
    private bool _mustSweep;

    public ScrapeCache() => _textsBySpan = _texts.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The number of the scrape at hand.</summary>
    public long Scrape { get; private set; }

    /// <summary>The series that the last scrape showed and whose end is to be noticed.</summary>
    public IReadOnlyList<ScrapedSeries> Last => _last;

    /// <summary>Begins a scrape; what a failed one noted is forgotten.</summary>
    public void Begin()
    {
        Scrape++;
        _now.Clear();
        _textsUsed = 0;
    }

    /// <summary>Looks a text up; its series is null where relabeling drops it.</summary>
    public bool TryGet(ReadOnlySpan<byte> text, out ScrapedSeries? series)
    {
        if (!_textsBySpan.TryGetValue(text, out var known))
        {
            series = null;
            return false;
        }

        Use(known);
        series = known.Series;
        return true;
    }

    /// <summary>Notes what a new text stands for.</summary>
    /// <param name="labels">The series' labels; null: it is dropped.</param>
    /// <param name="isNew">Whether no text stood for the series until now.</param>
    public ScrapedSeries? Add(ReadOnlySpan<byte> text, Labels? labels, out bool isNew)
    {
        isNew = false;
        ScrapedSeries? series = null;
        if (labels is not null && !_series.TryGetValue(labels, out series))
        {
            series = new ScrapedSeries(labels);
            _series.Add(labels, series);
            isNew = true;
        }

        var known = new ScrapedText(series);
        _texts.Add(text.ToArray(), known);
        Use(known);
        return series;
    }

    /// <summary>Notes that the scrape at hand shows the series and that its end is to be noticed.</summary>
    public void Track(ScrapedSeries series)
    {
        if (series.TrackedIn != Scrape)
        {
            series.TrackedIn = Scrape;
            _now.Add(series);
        }
    }

    /// <summary>Ends a good scrape; the series that it showed are the <see cref="Last"/> from now on.</summary>
    public void End()
    {
        (_last, _now) = (_now, _last);
        if (_mustSweep || _textsUsed < _texts.Count)
        {
            Sweep();
            _mustSweep = false;
        }
    }

    /// <summary>Ends a failed scrape, which showed nothing: there is nothing left whose end could be noticed.</summary>
    public void EndFailed()
    {
        _last.Clear();
        _now.Clear();
    }

    /// <summary>Forgets what texts stand for, because other settings hold; not which series are open.</summary>
    public void ForgetTexts()
    {
        _texts.Clear();
        _mustSweep = true;
    }

    private void Use(ScrapedText known)
    {
        if (known.UsedIn != Scrape)
        {
            known.UsedIn = Scrape;
            _textsUsed++;
        }

        if (known.Series is not null)
        {
            known.Series.UsedIn = Scrape;
        }
    }

    private void Sweep()
    {
        foreach (var (text, known) in _texts)
        {
            if (known.UsedIn != Scrape)
            {
                _texts.Remove(text);
            }
        }

        foreach (var (labels, series) in _series)
        {
            if (series.UsedIn != Scrape)
            {
                _series.Remove(labels);
            }
        }
    }

    /// <summary>What one text of the exposition stands for.</summary>
    private sealed class ScrapedText(ScrapedSeries? series)
    {
        public ScrapedSeries? Series { get; } = series;

        public long UsedIn { get; set; }
    }
}
