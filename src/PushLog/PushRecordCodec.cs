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
    public const byte Version = 2;

    private const int FixedLength = 20;

    private const ushort HasReason = 1;
    private const ushort HasKey = 2;
    private const ushort HasRun = 4;
    private const ushort HasPushTime = 8;
    private const ushort HasTimeToLive = 16;
    private const ushort HasClient = 32;
    private const ushort IsBySeries = 64;
    private const ushort HasBody = 128;
    private const ushort KnownFlags = 255;
    private const int KeyLength = 24;

    // In the byte of a run's state: its id follows.
    private const byte NamedRun = 0x80;

    /// <summary>Writes <paramref name="record"/>.</summary>
    /// <param name="templates">Remembers families that come again; null to write each from its parts, which gives the same bytes.</param>
    public static void Write(IBufferWriter<byte> target, PushRecord record, MetricFamilyTemplates? templates = null)
    {
        var head = target.GetSpan(FixedLength);
        head[0] = (byte)record.Verb;
        head[1] = (byte)record.Verdict;
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], FlagsOf(record));
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

        if (record.Terms is { } terms)
        {
            WriteTerms(target, terms);
        }

        if (record.Client is { } client)
        {
            WriteText(target, client.Address);
            WriteText(target, client.UserAgent);
        }

        target.Write(record.Body.Span);
        var families = record.Families;
        for (var i = 0; i < families.Count; i++)
        {
            if (templates is null)
            {
                MetricFamilyCodec.WriteDelimited(target, families[i]);
            }
            else
            {
                templates.WriteDelimited(target, families[i]);
            }
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
        if (version is 0 or > Version)
        {
            error = $"the entry has format version {version}, this program reads versions 1 to {Version}";
            return false;
        }

        if (bytes.Length < FixedLength || bytes[0] is 0 or > (byte)PushVerb.Snapshot || bytes[1] is 0 or > (byte)PushVerdict.Rejected)
        {
            error = "the entry is too short, or its verb or verdict is unknown";
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        if ((flags & ~(version == 1 ? HasReason : KnownFlags)) != 0)
        {
            error = "the entry has flags that this program does not know";
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
        if ((flags & HasReason) != 0 && !TryReadText(ref rest, strings, out reason))
        {
            error = "the entry's reason cannot be read";
            return false;
        }

        PushClient? client = null;
        if (!TryReadTerms(ref rest, flags, strings, out var terms) || ((flags & HasClient) != 0 && !TryReadClient(ref rest, strings, out client)))
        {
            error = "what the entry's push says of itself cannot be read";
            return false;
        }

        IReadOnlyList<MetricFamily> families = [];
        byte[]? body = null;
        if ((flags & HasBody) != 0)
        {
            body = rest.ToArray();
        }
        else if (!rest.IsEmpty)
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
            Terms = terms,
            Client = client,
            Body = body,
            Families = families,
        };
        return true;
    }

    private static ushort FlagsOf(PushRecord record)
    {
        var flags = record.Reason is null ? 0 : HasReason;
        flags |= record.Client is null ? 0 : HasClient;
        flags |= record.Body.IsEmpty ? 0 : HasBody;
        if (record.Terms is { } terms)
        {
            flags |= terms.Key is null ? 0 : HasKey;
            flags |= terms.RunId is null && terms.State == RunState.Unsaid ? 0 : HasRun;
            flags |= terms.PushTimeUnixNano is null ? 0 : HasPushTime;
            flags |= terms.TimeToLiveMs is null ? 0 : HasTimeToLive;
            flags |= terms.BySeries ? IsBySeries : 0;
        }

        return (ushort)flags;
    }

    private static void WriteTerms(IBufferWriter<byte> target, PushTerms terms)
    {
        if (terms.Key is { } key)
        {
            var span = target.GetSpan(KeyLength);
            BinaryPrimitives.WriteUInt128LittleEndian(span, key.Hash);
            BinaryPrimitives.WriteUInt64LittleEndian(span[16..], key.Body);
            target.Advance(KeyLength);
        }

        if (terms.RunId is not null || terms.State != RunState.Unsaid)
        {
            target.GetSpan(1)[0] = (byte)((byte)terms.State | (terms.RunId is null ? 0 : NamedRun));
            target.Advance(1);
            if (terms.RunId is not null)
            {
                WriteText(target, terms.RunId);
            }
        }

        if (terms.PushTimeUnixNano is { } time)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan(8), time);
            target.Advance(8);
        }

        if (terms.TimeToLiveMs is { } milliseconds)
        {
            WriteVarint(target, checked((ulong)milliseconds));
        }
    }

    private static bool TryReadTerms(ref ReadOnlySpan<byte> rest, ushort flags, Utf8StringPool strings, out PushTerms? terms)
    {
        terms = null;
        if ((flags & (HasKey | HasRun | HasPushTime | HasTimeToLive | IsBySeries)) == 0)
        {
            return true;
        }

        PushKey? key = null;
        if ((flags & HasKey) != 0)
        {
            if (rest.Length < KeyLength)
            {
                return false;
            }

            key = new PushKey(BinaryPrimitives.ReadUInt128LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[16..]));
            rest = rest[KeyLength..];
        }

        string? run = null;
        byte state = 0;
        if ((flags & HasRun) != 0 && !TryReadRun(ref rest, strings, out run, out state))
        {
            return false;
        }

        long? time = null;
        if ((flags & HasPushTime) != 0)
        {
            if (rest.Length < 8)
            {
                return false;
            }

            time = BinaryPrimitives.ReadInt64LittleEndian(rest);
            rest = rest[8..];
        }

        var timeToLive = 0UL;
        if ((flags & HasTimeToLive) != 0 && (!TryReadVarint(ref rest, out timeToLive) || timeToLive > long.MaxValue))
        {
            return false;
        }

        terms = new PushTerms
        {
            Key = key,
            RunId = run,
            State = (RunState)state,
            PushTimeUnixNano = time,
            TimeToLiveMs = (flags & HasTimeToLive) == 0 ? null : (long)timeToLive,
            BySeries = (flags & IsBySeries) != 0,
        };
        return true;
    }

    private static bool TryReadRun(ref ReadOnlySpan<byte> rest, Utf8StringPool strings, out string? run, out byte state)
    {
        run = null;
        state = 0;
        if (rest.IsEmpty)
        {
            return false;
        }

        state = (byte)(rest[0] & ~NamedRun);
        var named = (rest[0] & NamedRun) != 0;
        rest = rest[1..];
        return state <= (byte)RunState.Abandoned && (!named || TryReadText(ref rest, strings, out run));
    }

    private static bool TryReadClient(ref ReadOnlySpan<byte> rest, Utf8StringPool strings, out PushClient? client)
    {
        client = null;
        if (!TryReadText(ref rest, strings, out var address) || !TryReadText(ref rest, strings, out var agent))
        {
            return false;
        }

        client = new PushClient(address, agent);
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
