using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tallygate.Exposition;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;

namespace Tallygate.PushLog;

/// <summary>
/// Records as bytes: what each entry of a push log holds. <c>docs/formats/push-log.md</c> states every byte. Stateless; writing allocates
/// nothing per sample. What was written by this or an older version is read back equal, field by field; what a newer one wrote is refused.
/// </summary>
public static class PushRecordCodec
{
    /// <summary>The version of the bytes that are written; it stands beside them, as the type of the log's record.</summary>
    public const byte Version = 1;

    private const int FixedLength = 20;

    private const byte HasReason = 1;

    private const byte Uncompressed = 0;

    /// <summary>Writes <paramref name="record"/>.</summary>
    public static void Write(IBufferWriter<byte> target, PushRecord record)
    {
        var head = target.GetSpan(FixedLength);
        head[0] = (byte)record.Verb;
        head[1] = (byte)record.Verdict;
        head[2] = record.Reason is null ? (byte)0 : HasReason;
        head[3] = Uncompressed;
        BinaryPrimitives.WriteInt64LittleEndian(head[4..], record.ReceivedUnixNano);
        BinaryPrimitives.WriteInt64LittleEndian(head[12..], record.Stamp);
        target.Advance(FixedLength);
        WriteVarint(target, checked((ulong)record.Suppressed));
        WriteVarint(target, (ulong)record.GroupingKey.Count);
        foreach (ref readonly var label in record.GroupingKey)
        {
            WriteText(target, label.Name);
            WriteText(target, label.Value);
        }

        if (record.Reason is not null)
        {
            WriteText(target, record.Reason);
        }

        var families = record.Families;
        for (var i = 0; i < families.Count; i++)
        {
            MetricFamilyCodec.WriteDelimited(target, families[i]);
        }
    }

    /// <summary>Reads a record of the given version; <paramref name="error"/> says why it cannot be read.</summary>
    public static bool TryRead(
        byte version,
        ReadOnlySpan<byte> bytes,
        Utf8StringPool strings,
        [NotNullWhen(true)] out PushRecord? record,
        [NotNullWhen(false)] out string? error)
    {
        record = null;
        if (version != Version)
        {
            error = $"the entry has format version {version}, this program reads version {Version}";
            return false;
        }

        if (bytes.Length < FixedLength || bytes[0] is 0 or > (byte)PushVerb.Snapshot || bytes[1] is 0 or > (byte)PushVerdict.Rejected)
        {
            error = "the entry is too short, or its verb or verdict is unknown";
            return false;
        }

        if ((bytes[2] & ~HasReason) != 0 || bytes[3] != Uncompressed)
        {
            error = "the entry has flags or a compression that this program does not know";
            return false;
        }

        var rest = bytes[FixedLength..];
        if (!TryReadVarint(ref rest, out var suppressed)
            || suppressed > long.MaxValue
            || !TryReadLabels(ref rest, strings, out var groupingKey))
        {
            error = "the entry's group cannot be read";
            return false;
        }

        string? reason = null;
        if (bytes[2] == HasReason && !TryReadText(ref rest, strings, out reason))
        {
            error = "the entry's reason cannot be read";
            return false;
        }

        IReadOnlyList<MetricFamily> families = [];
        if (!rest.IsEmpty)
        {
            if (!MetricFamilyCodec.TryReadDelimited(rest, strings, out var read, out var problem))
            {
                error = $"the entry's metrics cannot be read: {problem.Message}";
                return false;
            }

            families = read;
        }

        error = null;
        record = new PushRecord
        {
            Verb = (PushVerb)bytes[0],
            Verdict = (PushVerdict)bytes[1],
            ReceivedUnixNano = BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]),
            Stamp = BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]),
            Suppressed = (long)suppressed,
            GroupingKey = groupingKey,
            Reason = reason,
            Families = families,
        };
        return true;
    }

    private static bool TryReadLabels(ref ReadOnlySpan<byte> rest, Utf8StringPool strings, [NotNullWhen(true)] out Labels? labels)
    {
        labels = null;

        // Each label takes two bytes at least, so a count beyond that is damage and not a reason to allocate.
        if (!TryReadVarint(ref rest, out var count) || count > (ulong)rest.Length / 2)
        {
            return false;
        }

        var read = new Label[count];
        for (var i = 0; i < read.Length; i++)
        {
            if (!TryReadText(ref rest, strings, out var name) || !TryReadText(ref rest, strings, out var value))
            {
                return false;
            }

            read[i] = new Label(name, value);
        }

        labels = Labels.FromSorted(read);
        return true;
    }

    private static void WriteText(IBufferWriter<byte> target, string text)
    {
        var length = ByteText.ByteCount(text);
        WriteVarint(target, (ulong)length);
        target.Advance(ByteText.Encode(text, target.GetSpan(length)));
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> rest, Utf8StringPool strings, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryReadVarint(ref rest, out var length) || length > (ulong)rest.Length)
        {
            return false;
        }

        text = strings.Get(rest[..(int)length]);
        rest = rest[(int)length..];
        return true;
    }

    private static void WriteVarint(IBufferWriter<byte> target, ulong value)
    {
        var span = target.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value & 0x7F | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        target.Advance(length);
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < rest.Length && i < 10; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
