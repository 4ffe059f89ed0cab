using CsCheck;
using Tallygate.Model;

namespace Tallygate.Tests.Exposition;

/// <summary>Families of every shape that Model can hold, and their full content as text, to compare them by.</summary>
internal static class AnyFamily
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 8], Gen.OneOf("", "ä", "日本", "\U0001F600", "a\\b\"c\nd", "x\uDCFFy", "\uDC80"));

    private static readonly Gen<string> LabelName = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 6].Select(s => "l" + s), Gen.OneOf("job", "instance", "le", "a.b", "naïve", "with space"));

    private static readonly Gen<string> MetricName = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 6].Select(s => "m" + s), Gen.OneOf("x:y_total", "a.b", "süß"));

    private static readonly Gen<double> Value = Gen.OneOf(
        Gen.Double, Gen.Int.Select(i => (double)i),
        Gen.OneOf(0.0, -0.0, 1, 0.1, double.NaN, StaleMarker.NormalNaN, double.PositiveInfinity, double.NegativeInfinity, 5e-324));

    private static readonly Gen<Labels> SomeLabels = Gen.Dictionary(LabelName, Text)[0, 4].Select(pairs =>
        Labels.From(pairs.Select(p => new Label(p.Key, p.Value)).ToArray()));

    private static readonly Gen<double[]> Values = Value.Array[0, 3];
    private static readonly Gen<long[]> Deltas = Gen.Long.Array[0, 3];

    private static readonly Gen<Exemplar> SomeExemplar = Gen.Select(SomeLabels, Value, Optional(Gen.Long), (l, v, t) => new Exemplar(l, v, t));

    private static readonly Gen<BucketSpan[]> Spans = Gen.Select(Gen.Int, Gen.UInt, (o, l) => new BucketSpan(o, l)).Array[0, 2];

    private static readonly Gen<Summary> SomeSummary = Gen.Select(
        Optional(Gen.ULong), Optional(Value), Gen.Select(Value, Value, (r, v) => new Quantile(r, v)).Array[0, 3], Optional(Gen.Long),
        (count, sum, quantiles, created) =>
            new Summary { SampleCount = count, SampleSum = sum, Quantiles = quantiles, CreatedUnixNano = created });

    private static readonly Gen<Histogram> Classic = Gen.Select(
        Optional(Gen.ULong), Optional(Value), Optional(Value),
        Gen.Select(Value, Optional(Gen.ULong), Optional(Value), OptionalReference(SomeExemplar), (b, c, f, e) => new ClassicBucket(b, c, f, e))
            .Array[0, 3],
        Optional(Gen.Long),
        (count, countFloat, sum, buckets, created) => new Histogram
        {
            SampleCount = count,
            SampleCountFloat = countFloat,
            SampleSum = sum,
            Buckets = buckets,
            CreatedUnixNano = created,
        });

    private static readonly Gen<Histogram> Native = Gen.Select(
        Classic, Gen.Select(Optional(Gen.Int), Optional(Value), Optional(Gen.ULong), Optional(Value)),
        Gen.Select(Spans, Deltas, Values), Gen.Select(Spans, Deltas, Values), SomeExemplar.Array[0, 2],
        (h, zero, negative, positive, exemplars) => new Histogram
        {
            SampleCount = h.SampleCount,
            SampleCountFloat = h.SampleCountFloat,
            SampleSum = h.SampleSum,
            Buckets = h.Buckets,
            CreatedUnixNano = h.CreatedUnixNano,
            Schema = zero.Item1,
            ZeroThreshold = zero.Item2,
            ZeroCount = zero.Item3,
            ZeroCountFloat = zero.Item4,
            NegativeSpans = negative.Item1,
            NegativeDeltas = negative.Item2,
            NegativeCounts = negative.Item3,
            PositiveSpans = positive.Item1,
            PositiveDeltas = positive.Item2,
            PositiveCounts = positive.Item3,
            Exemplars = exemplars,
        });

    private static readonly Gen<Metric> SomeMetric = Gen.Select(
        SomeLabels, Gen.Enum<MetricPayload>(), Value, SomeSummary, Gen.OneOf(Classic, Native), OptionalReference(SomeExemplar),
        Gen.Select(Optional(Gen.Long), Optional(Gen.Long)), (labels, payload, value, summary, histogram, exemplar, times) => new Metric
        {
            Labels = labels,
            Payload = payload,
            Value = payload is MetricPayload.Counter or MetricPayload.Gauge or MetricPayload.Untyped ? value : 0,
            Summary = payload == MetricPayload.Summary ? summary : null,
            Histogram = payload == MetricPayload.Histogram ? histogram : null,
            Exemplar = payload == MetricPayload.Counter ? exemplar : null,
            CreatedUnixNano = payload == MetricPayload.Counter ? times.Item1 : null,
            TimestampMs = times.Item2,
        });

    /// <summary>Families whose metrics may disagree with their type, as protobuf allows.</summary>
    public static readonly Gen<MetricFamily> Any = Gen.Select(
        MetricName, OptionalReference(Text), OptionalReference(Text), Gen.Int[0, 5], SomeMetric.Array[0, 4],
        (name, help, unit, type, metrics) =>
            new MetricFamily { Name = name, Help = help, Unit = unit, Type = (MetricType)type, Metrics = metrics });

    /// <summary>Everything a family holds, floats by their bits.</summary>
    public static string Show(MetricFamily family) =>
        $"{family.Name}|{family.Help ?? "-"}|{family.Unit ?? "-"}|{family.Type}\n" + string.Concat(family.Metrics.Select(Show));

    private static string Show(Metric m) =>
        $"{Show(m.Labels)} {m.Payload} {Show(m.Value)} {Show(m.Exemplar)} ts={m.TimestampMs} created={m.CreatedUnixNano} "
        + (m.Summary is { } s ? $"summary {s.SampleCount} {Show(s.SampleSum)} {s.CreatedUnixNano} [{string.Join(", ", s.Quantiles.Select(q => Show(q.Rank) + ":" + Show(q.Value)))}]" : "")
        + (m.Histogram is { } h ? Show(h) : "") + "\n";

    private static string Show(Histogram h) =>
        $"histogram {h.SampleCount} {Show(h.SampleCountFloat)} {Show(h.SampleSum)} {h.CreatedUnixNano} "
        + $"[{string.Join(", ", h.Buckets.Select(b => $"{Show(b.UpperBound)}:{b.CumulativeCount}:{Show(b.CumulativeCountFloat)}:{Show(b.Exemplar)}"))}] "
        + $"{h.Schema} {Show(h.ZeroThreshold)} {h.ZeroCount} {Show(h.ZeroCountFloat)} "
        + $"-[{string.Join(",", h.NegativeSpans)}|{string.Join(",", h.NegativeDeltas)}|{string.Join(",", h.NegativeCounts.Select(Show))}] "
        + $"+[{string.Join(",", h.PositiveSpans)}|{string.Join(",", h.PositiveDeltas)}|{string.Join(",", h.PositiveCounts.Select(Show))}] "
        + string.Join(", ", h.Exemplars.Select(Show));

    private static string Show(Labels labels) =>
        "{" + string.Join(",", labels.AsSpan().ToArray().Select(l => string.Join('.', (l.Name + "=" + l.Value).Select(c => (int)c)))) + "}";

    private static string Show(Exemplar? e) => e is null ? "-" : $"{Show(e.Labels)} {Show(e.Value)} {e.TimestampUnixNano}";

    private static string Show(double? value) => value is { } v ? Show(v) : "-";

    private static string Show(double value) => BitConverter.DoubleToInt64Bits(value).ToString("x");

    private static Gen<T?> Optional<T>(Gen<T> gen)
        where T : struct => Gen.Select(Gen.Bool, gen, (has, value) => has ? value : (T?)null);

    private static Gen<T?> OptionalReference<T>(Gen<T> gen)
        where T : class => Gen.Select(Gen.Bool, gen, (has, value) => has ? value : null);
}
