using System.Buffers.Binary;
using Tallygate.Exposition;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;

namespace Tallygate.Gateway.Persistence;

/// <summary>
/// Reads what a Pushgateway keeps in its <c>--persistence.file</c>: one gob value, a map of groups, each with its labels and a map of
/// families, each with a time and the family in protobuf. Fields are found by their names, so further ones do no harm.
/// </summary>
internal sealed class StateFile
{
    /// <summary>Seconds from year 1 to 1970.</summary>
    private const long UnixEpochSeconds = 62_135_596_800;

    private readonly GobReader _reader;
    private readonly GobTypes _types = new();
    private readonly Utf8StringPool _strings = new();

    private StateFile(byte[] bytes) => _reader = new GobReader(bytes);

    /// <summary>All groups of the file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="StateFileException">It is none, or damaged or cut short.</exception>
    public static IReadOnlyList<StateGroup> Read(string file, byte[] bytes)
    {
        var state = new StateFile(bytes);
        try
        {
            return state.Read();
        }
        catch (GobException problem)
        {
            throw new StateFileException(file, problem.Offset, $"not the state of a Pushgateway, or damaged: {problem.Message}");
        }
    }

    private List<StateGroup> Read()
    {
        List<StateGroup>? groups = null;
        while (_reader.NextMessage())
        {
            var id = _reader.ReadSigned();
            if (groups is not null || id is 0 or > int.MaxValue or <= int.MinValue)
            {
                throw _reader.Fault(groups is null ? "no type has number 0" : "something stands behind the groups");
            }

            if (id < 0)
            {
                _types.Define(_reader, (int)-id);
                continue;
            }

            // A value that is no struct has a zero before it.
            if (_types.Find((int)id) is not { Kind: GobKind.Map, Key: GobTypes.Text } map || _reader.ReadUnsigned() != 0)
            {
                throw _reader.Fault("the value is no map of groups");
            }

            groups = [];
            for (var left = _reader.ReadCount(); left > 0; left--)
            {
                _reader.ReadBytes();
                groups.Add(ReadGroup(Struct(map.Element)));
            }
        }

        return groups ?? throw _reader.Fault(_reader.Offset == 0 ? "EOF: the file is empty" : "unexpected EOF: no groups follow the types");
    }

    private StateGroup ReadGroup(GobType type)
    {
        var labels = new LabelsBuilder();
        var families = new List<StateFamily>();
        foreach (var field in GobTypes.Fields(_reader))
        {
            var id = GobTypes.TypeOf(_reader, type, field);
            switch (type.Fields[field].Name)
            {
                case "Labels":
                    NeedMap(id, GobTypes.Text);
                    for (var left = _reader.ReadCount(); left > 0; left--)
                    {
                        labels.Set(_reader.ReadText(), _reader.ReadText());
                    }

                    break;
                case "Metrics":
                    var family = Struct(NeedMap(id));
                    for (var left = _reader.ReadCount(); left > 0; left--)
                    {
                        families.Add(ReadFamily(_reader.ReadText(), family));
                    }

                    break;
                default:
                    _types.Skip(_reader, id);
                    break;
            }
        }

        return new StateGroup(labels.ToLabels(), families);
    }

    private StateFamily ReadFamily(string name, GobType type)
    {
        var time = 0L;
        MetricFamily? family = null;
        foreach (var field in GobTypes.Fields(_reader))
        {
            var id = GobTypes.TypeOf(_reader, type, field);
            var opaque = _types.Find(id) is { Kind: GobKind.Opaque };
            switch (type.Fields[field].Name)
            {
                case "Timestamp" when opaque:
                    time = ReadTime();
                    break;
                case "GobbableMetricFamily" when opaque:
                    family = ReadProtobuf();
                    break;
                default:
                    _types.Skip(_reader, id);
                    break;
            }
        }

        return new StateFamily(name, time, family);
    }

    /// <summary>Go's binary form of a time: a version, seconds since year 1, nanoseconds, and a zone.</summary>
    private long ReadTime()
    {
        var bytes = _reader.ReadBytes();
        if (bytes.Length is not (15 or 16) || bytes[0] is not (1 or 2))
        {
            throw _reader.Fault("a time is not in Go's binary form");
        }

        var seconds = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) - UnixEpochSeconds;
        return Math.Abs(seconds) > long.MaxValue / 1_000_000_000 - 1
            ? 0
            : (seconds * 1_000_000_000) + BinaryPrimitives.ReadInt32BigEndian(bytes[9..]);
    }

    private MetricFamily? ReadProtobuf()
    {
        var bytes = _reader.ReadBytes();
        if (bytes.IsEmpty)
        {
            return null;
        }

        // The codec reads families behind their length, as they stand in a push.
        var delimited = new byte[bytes.Length + 5];
        var at = 0;
        for (var length = bytes.Length; ; length >>= 7)
        {
            delimited[at++] = (byte)(length < 0x80 ? length : (length & 0x7F) | 0x80);
            if (length < 0x80)
            {
                break;
            }
        }

        bytes.CopyTo(delimited.AsSpan(at));
        return MetricFamilyCodec.TryReadDelimited(delimited.AsSpan(0, at + bytes.Length), _strings, out var families, out var error)
            ? families[0]
            : throw _reader.Fault($"a metric family cannot be read: {error.Message}");
    }

    private GobType Struct(int id) =>
        _types.Find(id) is { Kind: GobKind.Struct } type ? type : throw _reader.Fault($"type {id} is no struct");

    private int NeedMap(int id, int element = 0) =>
        _types.Find(id) is { Kind: GobKind.Map, Key: GobTypes.Text } map && (element == 0 || map.Element == element)
            ? map.Element
            : throw _reader.Fault($"type {id} is not the map that belongs there");
}
