using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Exposition.Protobuf;
using Tallygate.Gateway;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Persistence;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Tests.Gateway.Persistence;

/// <summary>The reader of a Pushgateway's state file over bytes made by hand, and over damaged ones.</summary>
public sealed class StateFileTests
{
    private const long Start = 1_790_000_000_000_000_000;

    [Fact]
    public void Groups_and_families_are_read_with_their_times_and_unknown_fields_skipped()
    {
        var bytes = State((new() { ["job"] = "j", ["instance"] = "" }, [("m", Start + 123, Gauge("m", 1.5)), ("gone", Start, null)]), ([], []));
        var groups = StateFile.Read("f", bytes);
        Assert.Equal(2, groups.Count);
        Assert.Equal("{instance=\"\", job=\"j\"}", groups[0].Key.ToString());
        Assert.Equal(["m", "gone"], groups[0].Families.Select(f => f.Name));
        Assert.Equal(Start + 123, groups[0].Families[0].UnixNano);
        Assert.Equal(1.5, groups[0].Families[0].Family!.Metrics[0].Value);
        Assert.Null(groups[0].Families[1].Family);
        Assert.Empty(groups[1].Families);
    }

    [Fact]
    public void A_file_that_ends_anywhere_else_or_is_damaged_anywhere_is_refused_with_its_place_or_read()
    {
        var bytes = State((new() { ["job"] = "j" }, [("m", Start, Gauge("m", 1)), ("n", Start, Gauge("n", 2))]));
        for (var length = 0; length < bytes.Length; length++)
        {
            var problem = Assert.Throws<StateFileException>(() => StateFile.Read("the file", bytes[..length]));
            Assert.StartsWith("the file: at byte ", problem.Message, StringComparison.Ordinal);
            Assert.InRange(problem.Offset, 0, length);
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[i] ^= (byte)(1 << bit);
                try
                {
                    StateFile.Read("f", damaged);
                }
                catch (StateFileException)
                {
                    // A flipped bit of a label or a value cannot be seen, since the format has no checksum; all else must end here.
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, this is text\n")]
    [InlineData("# TYPE a counter\na 1\n")]
    public void What_is_no_state_file_is_refused(string text) =>
        Assert.Throws<StateFileException>(() => StateFile.Read("f", Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Pushes_of_one_group_at_several_times_become_entries_in_their_order()
    {
        var log = new InMemoryPushLog();
        var times = Gauge("push_time_seconds", (Start + 2_000_000) / 1e9);
        var failures = Gauge("push_failure_time_seconds", (Start + 1_000_000) / 1e9);
        var bytes = State(
            (new() { ["job"] = "a" },
                [("m", Start + 300, Gauge("m", 1)), ("n", Start + 700, Gauge("n", 2)), ("push_time_seconds", Start + 2_000_000, times),
                 ("push_failure_time_seconds", Start + 1_000_000, failures)]),
            (new() { ["job"] = "b" }, [("push_time_seconds", Start, Gauge("push_time_seconds", 0)), ("push_failure_time_seconds", Start, Gauge("push_failure_time_seconds", Start / 1e9))]),
            (new() { ["nojob"] = "c" }, [("m", Start, Gauge("m", 1))]),
            (new() { ["job"] = "d" }, [("x:pushed", Start, Gauge("x:pushed", 1)), ("y", Start, Gauge("y", 1)), ("z", Start, null)]));
        var result = await StateImport.RunAsync(log, "f", bytes, TestContext.Current.CancellationToken);
        Assert.Equal((3, 3, 6), (result.Groups, result.Families, result.Entries));
        Assert.Equal(3, result.Notes.Count);

        var entries = new List<PushLogEntry>();
        await foreach (var batch in log.ReadAsync(LogPosition.None, TestContext.Current.CancellationToken))
        {
            entries.AddRange(batch);
        }

        Assert.Equal(entries.Select(e => e.Record.ReceivedUnixNano).Order(), entries.Select(e => e.Record.ReceivedUnixNano));
        var a = entries.Select(e => e.Record).Where(r => r.GroupingKey.Get("job") == "a").ToList();
        Assert.Equal([PushVerdict.Accepted, PushVerdict.Accepted, PushVerdict.Rejected, PushVerdict.Accepted], a.Select(r => r.Verdict));

        // Both lie in one millisecond; they are two pushes all the same.
        Assert.Equal([(Start / 1_000_000) + 1, (Start / 1_000_000) + 2], a.Take(2).Select(r => r.Stamp));

        var groups = new LatestGroups();
        entries.ForEach(e => groups.Apply(e));
        groups.Publish();
        var group = groups.View.Find(Labels.FromSorted([new Label("job", "a")]))!;
        Assert.Equal(["m", "n"], group.Families.Select(f => f.Family.Name));
        Assert.Equal([Start + 300, Start + 700], group.Families.Select(f => f.WrittenUnixNano));
        Assert.Equal((Start + 2_000_000) / 1e9, group.PushTime.Family.Metrics[0].Value);
        Assert.Equal((Start + 1_000_000) / 1e9, group.PushFailureTime.Family.Metrics[0].Value);
        Assert.Equal(0, groups.View.Find(Labels.FromSorted([new Label("job", "b")]))!.PushTime.Family.Metrics[0].Value);

        // Once more: every group is there already.
        var again = await StateImport.RunAsync(log, "f", bytes, TestContext.Current.CancellationToken);
        Assert.Equal((0, 3, 0), (again.Groups, again.GroupsThere, again.Entries));
    }

    [Fact]
    public async Task P215_Native_histograms_come_in_as_they_were()
    {
        var histogram = new Histogram
        {
            SampleCount = 9,
            SampleSum = 12.5,
            Schema = 2,
            ZeroThreshold = 1e-128,
            ZeroCount = 1,
            PositiveSpans = [new BucketSpan(-1, 2), new BucketSpan(3, 1)],
            PositiveDeltas = [2, 1, -2],
            NegativeSpans = [new BucketSpan(0, 1)],
            NegativeDeltas = [2],
        };
        var floats = new Histogram
        {
            SampleCountFloat = 2.5,
            SampleSum = 1,
            Schema = 0,
            ZeroThreshold = 0.001,
            ZeroCountFloat = 0.5,
            PositiveSpans = [new BucketSpan(1, 1)],
            PositiveCounts = [2.0],
        };
        var family = new MetricFamily
        {
            Name = "native",
            Type = MetricType.Histogram,
            Metrics =
            [
                new Metric { Labels = Labels.Of("instance", "", "job", "j", "x", "1"), Payload = MetricPayload.Histogram, Histogram = histogram },
                new Metric { Labels = Labels.Of("instance", "", "job", "j", "x", "2"), Payload = MetricPayload.Histogram, Histogram = floats },
            ],
        };
        var log = new InMemoryPushLog();
        var result = await StateImport.RunAsync(log, "f", State((new() { ["job"] = "j" }, [("native", Start, Bytes(family))])), TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (result.Groups, result.Families));
        Assert.Empty(result.Notes);

        // In the log, in the pushed series, and in what any Pushgateway gets back.
        var store = new InMemoryStorage();
        var gateway = new PushGateway(log, store, store, store, new GatewayOptions(), TimeProvider.System, NullLogger<PushGateway>.Instance);
        await gateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var shown = gateway.Groups.All().Single().Find("native")!.Family;
        Assert.Equal(Bytes(family), Bytes(shown));
        Assert.Equal(2, gateway.Stats().SamplesBooked - 1);
        using (var querier = store.Querier(0, long.MaxValue))
        {
            var series = querier.Select(true, null, [new LabelMatcher(Tallygate.Model.MatchType.Equal, "__name__", "native:pushed")]);
            Assert.True(series.MoveNext());
            var cursor = series.Current.Samples(0, long.MaxValue);
            Assert.Equal(SampleKind.Histogram, cursor.Next);
            var sample = cursor.ReadHistogram(out _);
            Assert.Equal((9, 12.5, 2), (sample.Count, sample.Sum, sample.Schema));
        }

        await gateway.StopAsync();
        var (pushes, _) = await StateExport.ReadAsync(log, TestContext.Current.CancellationToken);
        var push = Assert.Single(pushes);
        Assert.Equal(ExportedPush.Protobuf, push.ContentType);
        Assert.Equal(Delimited(family), push.Body.ToArray());
    }

    [Fact]
    public async Task Label_names_beyond_the_old_pattern_go_out_so_that_a_gateway_with_such_names_reads_them_back()
    {
        var log = new InMemoryPushLog();
        var store = new InMemoryStorage();
        var gateway = new PushGateway(log, store, store, store, new GatewayOptions(), TimeProvider.System, NullLogger<PushGateway>.Instance);
        await gateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        Labels[] groups =
        [
            Labels.Of("job", "j", "my.label", "v"), Labels.Of("a/b", "x/y", "job", "j"), Labels.Of("job", "ü", "größe", ""), Labels.Of("job", "j", "with space", "%"),
            Labels.Of("job", "j", "😀", "@base64"), Labels.Of("job", "j", "plain_name", "v"),
        ];
        foreach (var group in groups)
        {
            var family = new MetricFamily { Name = "m", Type = MetricType.Gauge, Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Gauge, Value = 1 }] };
            Assert.Equal(200, (await gateway.PushAsync(new PushRequest(PushVerb.Replace, group, [family]), TestContext.Current.CancellationToken)).Status);
        }

        await gateway.StopAsync();
        var (pushes, _) = await StateExport.ReadAsync(log, TestContext.Current.CancellationToken);
        Assert.Equal(groups.Length, pushes.Count);
        foreach (var push in pushes)
        {
            Assert.True(GroupingPath.TryParse(push.Path.AsSpan("/metrics".Length), out var read, out var problem, utf8Names: true), problem.Text);
            Assert.Equal(push.Group, read);
            Assert.Equal(push.Group.AsSpan().ToArray().All(l => NameValidation.IsLegacyLabelName(l.Name)), push.ContentType == ExportedPush.Text);
        }

        Assert.Contains(pushes, p => p.Path == "/metrics/job/j/U__my_2e_label/v");
        Assert.Contains(pushes, p => p.Path == "/metrics/job/j/U__a_2f_b@base64/eC95");
    }

    private static byte[] Bytes(MetricFamily family)
    {
        var whole = Delimited(family).AsSpan();
        while (whole[0] >= 0x80)
        {
            whole = whole[1..];
        }

        return whole[1..].ToArray();
    }

    private static byte[] Delimited(MetricFamily family)
    {
        var target = new ArrayBufferWriter<byte>();
        MetricFamilyCodec.WriteDelimited(target, family);
        return target.WrittenSpan.ToArray();
    }

    private static byte[] Gauge(string name, double value)
    {
        var target = new ArrayBufferWriter<byte>();
        MetricFamilyCodec.WriteDelimited(target, new MetricFamily
        {
            Name = name,
            Type = MetricType.Gauge,
            Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Gauge, Value = value }],
        });
        return target.WrittenSpan[1..].ToArray();
    }

    /// <summary>Writes a state as Go's encoder does, with one field more that no version has.</summary>
    private static byte[] State(params (Dictionary<string, string> Labels, (string Name, long UnixNano, byte[]? Family)[] Families)[] groups)
    {
        var gob = new GobBytes();
        gob.Message(-71, m => m.Map(71, "", 6, 65));
        gob.Message(-65, m => m.Struct(65, ("Labels", 66), ("Metrics", 67), ("Later", 70)));
        gob.Message(-66, m => m.Map(66, "", 6, 6));
        gob.Message(-67, m => m.Map(67, "", 6, 68));
        gob.Message(-68, m => m.Struct(68, ("Timestamp", 69), ("GobbableMetricFamily", 72)));
        gob.Message(-69, m => m.Opaque(69));
        gob.Message(-72, m => m.Opaque(72));
        gob.Message(-70, m => m.List(70, 4));
        gob.Message(71, m =>
        {
            m.Unsigned(0);
            m.Unsigned((ulong)groups.Length);
            foreach (var (labels, families) in groups)
            {
                m.Text("key");
                m.Unsigned(1);
                m.Unsigned((ulong)labels.Count);
                foreach (var (name, value) in labels)
                {
                    m.Text(name);
                    m.Text(value);
                }

                m.Unsigned(1);
                m.Unsigned((ulong)families.Length);
                foreach (var (name, time, family) in families)
                {
                    m.Text(name);
                    m.Unsigned(1);
                    m.Time(time);
                    if (family is not null)
                    {
                        m.Unsigned(1);
                        m.Bytes(family);
                    }

                    m.Unsigned(0);
                }

                m.Unsigned(1);
                m.Unsigned(2);
                m.Unsigned(300);
                m.Unsigned(ulong.MaxValue);
                m.Unsigned(0);
            }
        });
        return gob.ToArray();
    }
}
