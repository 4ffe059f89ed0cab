namespace Tallygate.Gateway.Persistence;

/// <summary>The types that a gob stream has defined so far, and the skipping of values that nobody asks for.</summary>
internal sealed class GobTypes
{
    /// <summary>Types of a few numbers are known beforehand.</summary>
    public const int Text = 6;

    private const int Bytes = 5;
    private const int Complex = 7;
    private const int Interface = 8;
    private const int Deepest = 64;

    private readonly Dictionary<int, GobType> _types = [];

    public GobType? Find(int id) => _types.GetValueOrDefault(id);

    /// <summary>Reads the definition of type <paramref name="id"/>: a struct with one field for each kind of type.</summary>
    public void Define(GobReader reader, int id)
    {
        GobType? type = null;
        foreach (var kind in Fields(reader))
        {
            type = kind switch
            {
                0 => ReadShape(reader, GobKind.List, 2),
                1 => ReadShape(reader, GobKind.List, 1),
                2 => ReadStruct(reader),
                3 => ReadShape(reader, GobKind.Map, 2),
                4 or 5 or 6 => ReadShape(reader, GobKind.Opaque, 0),
                _ => throw reader.Fault($"type {id} is of a kind that gob does not have"),
            };
        }

        _types[id] = type ?? throw reader.Fault($"type {id} is defined as nothing");
    }

    /// <summary>The numbers from 0 of the fields that a struct holds here; the caller reads each before it asks for the next.</summary>
    public static IEnumerable<int> Fields(GobReader reader)
    {
        var field = -1L;
        while (reader.ReadUnsigned() is var distance and > 0)
        {
            field += (long)Math.Min(distance, int.MaxValue);
            yield return field < short.MaxValue ? (int)field : throw reader.Fault("a struct has no field of such a number");
        }
    }

    /// <summary>Passes over a value.</summary>
    public void Skip(GobReader reader, int id, int depth = 0)
    {
        if (depth > Deepest)
        {
            throw reader.Fault("values are nested too deep");
        }

        switch (id)
        {
            case > 0 and < Bytes:
                reader.ReadUnsigned();
                return;
            case Bytes or Text:
                reader.ReadBytes();
                return;
            case Complex:
                reader.ReadUnsigned();
                reader.ReadUnsigned();
                return;
            case Interface:
                throw reader.Fault("interface values are not read");
        }

        var type = Find(id) ?? throw reader.Fault($"type {id} is not defined");
        switch (type.Kind)
        {
            case GobKind.Opaque:
                reader.ReadBytes();
                return;
            case GobKind.Struct:
                foreach (var field in Fields(reader))
                {
                    Skip(reader, TypeOf(reader, type, field), depth + 1);
                }

                return;
            default:
                for (var left = reader.ReadCount(); left > 0; left--)
                {
                    if (type.Kind == GobKind.Map)
                    {
                        Skip(reader, type.Key, depth + 1);
                    }

                    Skip(reader, type.Element, depth + 1);
                }

                return;
        }
    }

    /// <summary>The type of a struct's field.</summary>
    public static int TypeOf(GobReader reader, GobType type, int field) =>
        field < type.Fields.Count ? type.Fields[field].Type : throw reader.Fault("a struct has no field of such a number");

    /// <summary>A list, array, map or opaque type: its common part, then as many numbers, of which the types come first.</summary>
    private static GobType ReadShape(GobReader reader, GobKind kind, int numbers)
    {
        var read = new int[3];
        foreach (var field in Fields(reader))
        {
            if (field == 0)
            {
                SkipCommon(reader);
            }
            else if (field <= numbers)
            {
                read[field] = (int)reader.ReadSigned();
            }
            else
            {
                throw reader.Fault("a type has a part that gob does not have");
            }
        }

        return kind == GobKind.Map ? new GobType(kind, [], read[1], read[2]) : new GobType(kind, [], Element: read[1]);
    }

    private static GobType ReadStruct(GobReader reader)
    {
        var fields = new List<GobField>();
        foreach (var part in Fields(reader))
        {
            if (part == 0)
            {
                SkipCommon(reader);
                continue;
            }

            for (var left = reader.ReadCount(); left > 0; left--)
            {
                var name = "";
                var type = 0;
                foreach (var field in Fields(reader))
                {
                    (name, type) = field == 0 ? (reader.ReadText(), type) : (name, (int)reader.ReadSigned());
                }

                fields.Add(new GobField(name, type));
            }
        }

        return new GobType(GobKind.Struct, fields);
    }

    /// <summary>The type's name and number, which stand before the definition too.</summary>
    private static void SkipCommon(GobReader reader)
    {
        foreach (var field in Fields(reader))
        {
            if (field == 0)
            {
                reader.ReadBytes();
            }
            else
            {
                reader.ReadSigned();
            }
        }
    }
}
