using System.Buffers;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Tests.PushLog;

/// <summary>Records to append, and their bytes to compare them by.</summary>
internal static class Records
{
    public static PushRecord Push(int number, int metrics = 1) => new()
    {
        Verb = number % 2 == 0 ? PushVerb.Replace : PushVerb.Merge,
        Verdict = PushVerdict.Accepted,
        ReceivedUnixNano = 1_700_000_000_000_000_000 + number,
        Stamp = 1_700_000_000_000 + number,
        GroupingKey = Labels.Of("job", $"nightly{number % 100}", "instance", ""),
        Families =
        [
            new MetricFamily
            {
                Name = "records_processed",
                Help = "Records processed by the run.",
                Type = MetricType.Gauge,
                Metrics =
                [
                    .. Enumerable.Range(0, metrics).Select(i => new Metric
                    {
                        Labels = Labels.Of("job", $"nightly{number % 100}", "instance", "", "part", $"{i}"),
                        Payload = MetricPayload.Gauge,
                        Value = number + (i / 8.0),
                    }),
                ],
            },
        ],
    };

    public static PushRecord[] All(PushRecord first) =>
    [
        first,
        new()
        {
            Verb = PushVerb.Merge, Verdict = PushVerdict.Rejected, ReceivedUnixNano = 5, GroupingKey = Labels.Of("job", "ü\"\n"),
            Reason = "pushed metrics are invalid or inconsistent", Suppressed = 12345678901,
        },
        new() { Verb = PushVerb.Delete, Verdict = PushVerdict.Accepted, ReceivedUnixNano = -1, Stamp = -2, GroupingKey = Labels.Of("job", "x", "a", "") },
        new() { Verb = PushVerb.Wipe, Verdict = PushVerdict.Accepted, ReceivedUnixNano = long.MaxValue, GroupingKey = Labels.Empty },
        new() { Verb = PushVerb.Expire, Verdict = PushVerdict.Accepted, ReceivedUnixNano = 7, GroupingKey = Labels.Of("job", "x"), Reason = "" },
    ];

    public static string Bytes(PushRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PushRecordCodec.Write(buffer, record);
        return Convert.ToHexString(buffer.WrittenSpan);
    }

    public static async Task<List<PushLogEntry>> ReadAll(IPushLog log, LogPosition after = default)
    {
        var all = new List<PushLogEntry>();
        await foreach (var batch in log.ReadAsync(after, CancellationToken.None))
        {
            Assert.NotEmpty(batch);
            all.AddRange(batch);
        }

        return all;
    }
}
