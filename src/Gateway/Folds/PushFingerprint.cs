using System.Buffers;
using System.Buffers.Binary;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>Short numbers that stand for keys, runs and what was pushed. They are on disk: the same input gives the same number for ever.</summary>
internal static class PushFingerprint
{
    private const byte OfAKey = 1;
    private const byte OfARun = 2;
    private const byte OfABody = 3;
    private const byte BySeries = 0x80;

    /// <summary>Stands for an idempotency key within a group.</summary>
    public static UInt128 OfKey(Labels grouping, string key) => Of(OfAKey, grouping, key);

    /// <summary>Stands for a run of a group.</summary>
    public static UInt128 OfRun(Labels grouping, string id) => Of(OfARun, grouping, id);

    /// <summary>
    /// Stands for what was pushed, whatever encoding it came in: the verb, the run, and the metrics with their values. The order of the
    /// metrics, help texts and the time of the push do not count.
    /// </summary>
    public static ulong OfBody(PushVerb verb, string? runId, RunState state, IReadOnlyList<MetricFamily> families, bool bySeries = false)
    {
        var text = new ArrayBufferWriter<byte>(1024);
        text.Write([OfABody, (byte)((byte)verb | (bySeries ? BySeries : 0)), (byte)state]);
        Add(text, runId ?? "");
        foreach (var family in families)
        {
            var metrics = family.Metrics.ToArray();
            Array.Sort(metrics, static (a, b) => a.Labels.CompareTo(b.Labels));
            var bare = new MetricFamily { Name = family.Name, Type = family.Type, Metrics = metrics };
            MetricFamilyCodec.WriteDelimited(text, bare);
        }

        return (ulong)SipHash.Of(text.WrittenSpan);
    }

    private static UInt128 Of(byte what, Labels grouping, string name)
    {
        var text = new ArrayBufferWriter<byte>(256);
        text.Write([what]);
        foreach (ref readonly var label in grouping.AsSpan())
        {
            Add(text, label.Name);
            Add(text, label.Value);
        }

        Add(text, name);
        return SipHash.Of(text.WrittenSpan);
    }

    private static void Add(ArrayBufferWriter<byte> target, string text)
    {
        var length = ByteText.ByteCount(text);
        var span = target.GetSpan(4 + length);
        BinaryPrimitives.WriteInt32LittleEndian(span, length);
        target.Advance(4 + ByteText.Encode(text, span[4..]));
    }
}
