using System.Text;
using Tallygate.Model;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// Where the posting list of each label lies. The values of a name are unpacked when that name is first asked for. Thread-safe.
/// </summary>
internal sealed class PostingsTable
{
    private readonly byte[] _bytes;
    private readonly Dictionary<string, Name> _names = [];

    private PostingsTable(byte[] bytes) => _bytes = bytes;

    /// <summary>Where the list of all series lies.</summary>
    public long All { get; private set; }

    /// <summary>The names, in UTF-8 order.</summary>
    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <summary>How many values a label has.</summary>
    public int CountOf(string name) => _names.TryGetValue(name, out var found) ? found.Count : 0;

    /// <summary>The values of a label in UTF-8 order, and where their lists lie.</summary>
    public ReadOnlyMemory<(string Value, long Place)> Values(string name) => _names.TryGetValue(name, out var found) ? Unpacked(found) : default;

    /// <summary>Where the list of a label lies; null where there is none.</summary>
    public long? Find(string name, string value)
    {
        var values = Values(name).Span;
        var (from, to) = (0, values.Length);
        while (from < to)
        {
            var middle = (from + to) >> 1;
            (from, to) = Utf8Order.CompareOrdinal(values[middle].Value, value) < 0 ? (middle + 1, to) : (from, middle);
        }

        return from < values.Length && values[from].Value == value ? values[from].Place : null;
    }

    /// <summary>Takes over the section's bytes; null where they are not <paramref name="count"/> entries.</summary>
    public static PostingsTable? Read(byte[] bytes, int from, uint count)
    {
        var table = new PostingsTable(bytes);
        Name? current = null;
        ReadOnlySpan<byte> currentText = default;
        var at = from;
        for (var i = 0U; i < count; i++)
        {
            var start = at;
            if (!TryReadEntry(bytes, ref at, out var name, out var value, out var place))
            {
                return null;
            }

            if (name.IsEmpty && value.IsEmpty)
            {
                table.All = place;
                continue;
            }

            if (current is null || !name.SequenceEqual(currentText))
            {
                current = new Name(start);
                currentText = name;
                if (!table._names.TryAdd(Encoding.UTF8.GetString(name), current))
                {
                    return null;
                }
            }

            current.Count++;
        }

        return at == bytes.Length && table.All > 0 ? table : null;
    }

    private (string Value, long Place)[] Unpacked(Name name)
    {
        if (Volatile.Read(ref name.Values) is { } known)
        {
            return known;
        }

        var values = new (string, long)[name.Count];
        var at = name.Start;
        for (var i = 0; i < values.Length; i++)
        {
            TryReadEntry(_bytes, ref at, out _, out var value, out var place);
            values[i] = (Encoding.UTF8.GetString(value), place);
        }

        return Interlocked.CompareExchange(ref name.Values, values, null) ?? values;
    }

    private static bool TryReadEntry(
        ReadOnlySpan<byte> bytes, scoped ref int at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value, out long place)
    {
        name = default;
        value = default;
        place = 0;
        if (!TryReadNumber(bytes, ref at, out var keys) || keys != 2
            || !TryReadText(bytes, ref at, out name)
            || !TryReadText(bytes, ref at, out value)
            || !TryReadNumber(bytes, ref at, out var told))
        {
            return false;
        }

        place = (long)told;
        return place > 0;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, scoped ref int at, out ulong value)
    {
        var read = Varint.TryReadUnsigned(bytes[at..], out value, out var length);
        at += length;
        return read;
    }

    private static bool TryReadText(ReadOnlySpan<byte> bytes, scoped ref int at, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryReadNumber(bytes, ref at, out var length) || length > (ulong)(bytes.Length - at))
        {
            return false;
        }

        text = bytes.Slice(at, (int)length);
        at += (int)length;
        return true;
    }

    private sealed class Name(int start)
    {
        public readonly int Start = start;
        public int Count;
        public (string Value, long Place)[]? Values;
    }
}
