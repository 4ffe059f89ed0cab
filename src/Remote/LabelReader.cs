using System.Text;
using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Remote;

/// <summary>Makes labels of the label fields of a series. Names and values that come often are one string. Thread-safe.</summary>
internal sealed class LabelReader
{
    private const int MostStrings = 1 << 17;
    private const int LongestShared = 256;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _strings = [];
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public LabelReader() => _lookup = _strings.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The labels, sorted, those without a value left out. Null where Prometheus takes none such: no metric name, an empty or doubled name,
    /// text that is not UTF-8.
    /// </summary>
    /// <param name="fields">The label fields alone, one after the other.</param>
    /// <param name="damaged">Whether they are no protobuf.</param>
    public Labels? Read(ReadOnlySpan<byte> fields, out bool damaged)
    {
        var labels = new List<Label>();
        var valid = true;
        var reader = new ProtoSpan(fields);
        damaged = false;
        while (reader.Next(out _))
        {
            var label = new ProtoSpan(reader.Bytes());
            ReadOnlySpan<byte> name = default;
            ReadOnlySpan<byte> value = default;
            while (label.Next(out var tag))
            {
                switch (tag)
                {
                    case 0x0A:
                        name = label.Bytes();
                        break;
                    case 0x12:
                        value = label.Bytes();
                        break;
                    default:
                        label.Skip(tag);
                        break;
                }
            }

            damaged |= label.Damaged;
            valid &= !name.IsEmpty && Utf8.IsValid(name) && Utf8.IsValid(value);
            if (valid)
            {
                labels.Add(new Label(Text(name), Text(value)));
            }
        }

        damaged |= reader.Damaged;
        if (!valid || damaged)
        {
            return null;
        }

        var sorted = labels.ToArray();
        Labels.Sort(sorted);
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Name == sorted[i - 1].Name)
            {
                return null;
            }
        }

        var all = Labels.FromSorted(sorted).WithoutEmpty();
        return all.Name.Length == 0 ? null : all;
    }

    private string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestShared)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        Span<char> text = stackalloc char[LongestShared];
        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        lock (_lock)
        {
            if (_lookup.TryGetValue(text, out var known))
            {
                return known;
            }

            if (_strings.Count >= MostStrings)
            {
                _strings.Clear();
            }

            var made = text.ToString();
            _strings.Add(made);
            return made;
        }
    }
}
