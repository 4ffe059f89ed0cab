using System.Buffers;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Tallygate.Exposition.Text;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Page;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

public sealed class MetricsPageTests
{
    [Fact]
    public async Task P146_P251_That_groups_disagree_about_a_help_text_is_logged_once()
    {
        await using var rig = await Rig.New();
        var log = new LineLog();
        var page = new MetricsPage(() => rig.Gateway.Groups, log);
        await PushAsync("job=a", 1, "One.");
        await PushAsync("job=a", 2, "Another.");
        Assert.Empty(log.Lines);
        await PushAsync("job=b", 3, "Two.");
        await PushAsync("job=b", 4, "Two.");
        var line = Assert.Single(log.Lines);
        Assert.StartsWith("Information 2005 metric=m group={job=\"b\"} help=Two. shown=Another. ", line, StringComparison.Ordinal);

        async Task PushAsync(string group, double value, string help)
        {
            await rig.Put(group, Gauge("m", value).Help(help));
            page.AsText();
        }
    }

    [Fact]
    public async Task P148_families_in_byte_order_and_metrics_by_number_of_labels_then_values()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Family("m", MetricType.Gauge, ("k=5", 1), ("l=2", 2), ("l=1", 3), ("", 4)), Gauge("Z", 5), Gauge("a", 6));
        await rig.Put("job=i", Gauge("m", 7));
        Assert.Equal(
            [
                "Z{instance=\"\",job=\"j\"} 5",
                "a{instance=\"\",job=\"j\"} 6",
                "m{instance=\"\",job=\"i\"} 7",
                "m{instance=\"\",job=\"j\"} 4",
                "m{instance=\"\",job=\"j\",l=\"1\"} 3",
                "m{instance=\"\",job=\"j\",l=\"2\"} 2",
                "m{instance=\"\",job=\"j\",k=\"5\"} 1",
            ],
            rig.Lines());
    }

    [Fact]
    public async Task P147_P149_text_of_histograms_and_summaries()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Histogram("h", "", 1e6, (1, 1), (1e6, 2)).Help("a \\ b\nc"), Summary("s", "l=a\"b", 0.5, 3, (0.5, double.NaN)));
        Assert.StartsWith(
            """
            # HELP h a \\ b\nc
            # TYPE h histogram
            h_bucket{instance="",job="j",le="1"} 1
            h_bucket{instance="",job="j",le="1e+06"} 2
            h_bucket{instance="",job="j",le="+Inf"} 2
            h_sum{instance="",job="j"} 1e+06
            h_count{instance="",job="j"} 2
            """,
            rig.Metrics);
        Assert.EndsWith(
            """
            # TYPE s summary
            s{instance="",job="j",l="a\"b",quantile="0.5"} NaN
            s_sum{instance="",job="j",l="a\"b"} 0.5
            s_count{instance="",job="j",l="a\"b"} 3

            """,
            rig.Metrics);
    }

    [Fact]
    public async Task Own_families_stand_among_the_pushed_and_reserved_names_are_merged()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("go_goroutines", 1).Help("pushed"), Gauge("mine", 2), Gauge("zz", 3));
        var text = rig.Page.AsText(Gauge("mine", 100).Help("hidden"), Gauge("go_goroutines", 200).Help("own"), Gauge("tallygate_x", 300));
        Assert.Equal(
            """
            # HELP go_goroutines own
            # TYPE go_goroutines gauge
            go_goroutines 200
            go_goroutines{instance="",job="j"} 1
            # TYPE mine gauge
            mine{instance="",job="j"} 2
            """,
            text[..text.IndexOf("\n# HELP push_", StringComparison.Ordinal)]);
        Assert.EndsWith("# TYPE tallygate_x gauge\ntallygate_x 300\n# TYPE zz gauge\nzz{instance=\"\",job=\"j\"} 3\n", text);
        await rig.Delete("job=j");
        Assert.Contains("# HELP mine hidden\n", rig.Page.AsText(Gauge("mine", 100).Help("hidden")));
    }

    [Fact]
    public void The_compressed_page_is_one_member_with_the_text()
    {
        var view = Filled(3000).View;
        var page = new MetricsPage(() => view);
        var own = new[] { Gauge("a_own", 1), Gauge("z_own", 2) };
        var text = page.AsText(own);
        Assert.True(text.Length > 300_000);
        var gzip = page.Gzip(own).SelectMany(p => p.ToArray()).ToArray();
        using var stream = new MemoryStream(gzip);
        using var unzip = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        Assert.Equal(text, unzip.ReadToEnd());
        Assert.True(gzip.Length < text.Length / 4);

        // A member's trailer checks all of the text: the CRC of the joined parts is that of the whole.
        var crc = Crc32.Of(Encoding.UTF8.GetBytes(text));
        Assert.Equal(crc, BitConverter.ToUInt32(gzip, gzip.Length - 8));
        Assert.Equal((uint)text.Length, BitConverter.ToUInt32(gzip, gzip.Length - 4));
    }

    [Fact]
    public void The_checksum_of_two_pieces_is_that_of_both() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300]).Sample((a, b) =>
            Crc32.Combine(Crc32.Of(a), Crc32.Of(b), Crc32.ShiftOf(b.Length)) == Crc32.Of([.. a, .. b]));

    [Fact]
    public void The_checksum_is_that_of_gzip() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void The_checksum_is_the_one_that_bit_by_bit_division_gives() =>
        Gen.Byte.Array[0, 700].Sample(bytes =>
        {
            var crc = uint.MaxValue;
            foreach (var b in bytes)
            {
                crc ^= b;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
                }
            }

            return ~crc == Crc32.Of(bytes);
        });

    [Fact]
    public void Only_pages_with_a_change_are_rendered_anew()
    {
        var groups = Filled(3000);
        var page = new MetricsPage(() => groups.View);
        var before = page.Text([]);
        Push(groups, 1500, 42);
        var after = page.Text([]);
        Assert.Equal(before.Count, after.Count);
        var rendered = Enumerable.Range(0, after.Count).Count(i => !after[i].Equals(before[i]));
        Assert.InRange(rendered, 1, 3);
        Assert.Equal(new MetricsPage(() => groups.View).AsText(), page.AsText());
    }

    [Fact]
    public void After_any_changes_the_page_is_the_one_rendered_at_once() =>
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 3], Gen.Int[1, 40]).Array[1, 60].Sample(
            changes =>
            {
                var groups = Filled(300);
                var page = new MetricsPage(() => groups.View);
                foreach (var (group, what, series) in changes)
                {
                    if (what == 0)
                    {
                        Apply(groups, Record(PushVerb.Delete, group, []));
                    }
                    else
                    {
                        var wide = Family("wide", MetricType.Gauge, [.. Enumerable.Range(0, series).Select(s => ($"s={s % (what * 9)},t={s}", (double)s))]);
                        Apply(groups, Record(what == 1 ? PushVerb.Merge : PushVerb.Replace, group, [what == 2 ? wide.Help($"help {group}") : wide]));
                    }

                    if (series % 3 == 0)
                    {
                        Assert.Equal(AtOnce(groups.View), page.AsText());
                    }
                }

                Assert.Equal(AtOnce(groups.View), page.AsText());
            },
            iter: 60);

    /// <summary>The page by the shortest way: all metrics of all groups, sorted, written.</summary>
    private static string AtOnce(GroupsView view)
    {
        var holders = new SortedDictionary<string, List<(GroupFamily Family, Labels Key)>>(Utf8Order.Instance);
        foreach (var group in view.All())
        {
            foreach (var family in group.Families.Append(group.PushTime).Append(group.PushFailureTime))
            {
                holders.TryAdd(family.Family.Name, []);
                holders[family.Family.Name].Add((family, group.Key));
            }
        }

        var text = new ArrayBufferWriter<byte>();
        foreach (var (name, families) in holders)
        {
            var header = families.OrderBy(f => f.Family.Family.Help is null).ThenByDescending(f => f.Family.WrittenUnixNano).First().Family.Family;
            PrometheusTextWriter.WriteHeader(text, name, header.Help, header.Type);
            foreach (var line in families.SelectMany(f => f.Family.Family.Metrics.Select((_, i) => new PageLine(f.Family, i, f.Key))).Order())
            {
                PrometheusTextWriter.WriteMetric(text, name, header.Type, line.Metric);
            }
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static LatestGroups Filled(int count)
    {
        var groups = new LatestGroups();
        for (var i = 0; i < count; i++)
        {
            Push(groups, i, i);
        }

        return groups;
    }

    private static void Push(LatestGroups groups, int group, double value) =>
        Apply(groups, Record(PushVerb.Replace, group, [Gauge("narrow", value, $"instance=i{group},job=j{group}")]));

    private static void Apply(LatestGroups groups, PushRecord record)
    {
        groups.Apply(new PushLogEntry(groups.Position.Next, record));
        groups.Publish();
    }

    private static long s_clock;

    private static PushRecord Record(PushVerb verb, int group, MetricFamily[] families) => new()
    {
        Verb = verb,
        Verdict = PushVerdict.Accepted,
        ReceivedUnixNano = Interlocked.Increment(ref s_clock) * 1_000_000_000,
        GroupingKey = Read($"job=j{group},instance=i{group}"),
        Families = families,
    };
}
