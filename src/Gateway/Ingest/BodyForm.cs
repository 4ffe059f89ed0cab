using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// A text body with its values cut out: most jobs push the same lines each time, with other numbers. Another body of the same form is read
/// by comparing what stands between the numbers. Immutable; shared by all groups that push it.
/// </summary>
internal sealed class BodyForm
{
    private readonly byte[] _fixed;
    private readonly int[] _cuts;

    private BodyForm(byte[] @fixed, int[] cuts)
    {
        _fixed = @fixed;
        _cuts = cuts;
    }

    /// <summary>How many values a body has.</summary>
    public int Values => _cuts.Length;

    /// <summary>
    /// Learns the form of a body that was read as <paramref name="families"/>; null where it is not of the plain kind: a name, labels without
    /// escapes, one blank and a number in each line, families one after the other, no timestamps, no carriage returns.
    /// </summary>
    public static BodyForm? Learn(ReadOnlySpan<byte> body, IReadOnlyList<MetricFamily> families)
    {
        if (body.IndexOfAny((byte)'\\', (byte)'\r', (byte)'\t') >= 0 || body.IsEmpty || body[^1] != '\n')
        {
            return null;
        }

        var form = new List<byte>(body.Length);
        var cuts = new List<int>();
        var at = 0;
        var family = 0;
        var metric = 0;
        while (at < body.Length)
        {
            var line = body[at..(at + body[at..].IndexOf((byte)'\n') + 1)];
            at += line.Length;
            if (line[0] is (byte)'#' or (byte)'\n')
            {
                form.AddRange(line);
                continue;
            }

            while (family < families.Count && metric == families[family].Metrics.Count)
            {
                family++;
                metric = 0;
            }

            // What was read tells what the line must say; anything else is left to the reader.
            if (family == families.Count || !IsPlain(line, families[family], metric++, out var start))
            {
                return null;
            }

            form.AddRange(line[..start]);
            cuts.Add(form.Count);
            form.Add((byte)'\n');
        }

        return family == families.Count - 1 && metric == families[family].Metrics.Count ? new BodyForm([.. form], [.. cuts]) : null;
    }

    /// <summary>Reads the values of a body of this form, in the order of its lines; false where it has another.</summary>
    public bool TryRead(ReadOnlySpan<byte> body, Span<double> values)
    {
        var fixedText = _fixed.AsSpan();
        var from = 0;
        for (var i = 0; i < _cuts.Length; i++)
        {
            var part = fixedText[from.._cuts[i]];
            if (!body.StartsWith(part))
            {
                return false;
            }

            body = body[part.Length..];
            from = _cuts[i];
            var length = body.IndexOfAny((byte)'\n', (byte)' ', (byte)'\t');
            if (length <= 0 || body[length] != '\n' || body[length - 1] == '\r' || !FloatText.TryParse(body[..length], out values[i]))
            {
                return false;
            }

            body = body[length..];
        }

        return body.SequenceEqual(fixedText[from..]);
    }

    /// <summary>Whether another form is the same, so that one of them is enough.</summary>
    public bool Equals(BodyForm other) => _cuts.AsSpan().SequenceEqual(other._cuts) && _fixed.AsSpan().SequenceEqual(other._fixed);

    /// <summary>The same number for equal forms.</summary>
    public int Hash()
    {
        var hash = default(HashCode);
        hash.AddBytes(_fixed);
        return hash.ToHashCode();
    }

    private static bool IsPlain(ReadOnlySpan<byte> line, MetricFamily family, int metric, out int start)
    {
        start = line.LastIndexOf((byte)' ') + 1;
        var text = line[..^1];
        if (start == 0 || !FloatText.TryParse(text[start..], out var value))
        {
            return false;
        }

        // The name, then labels in braces or nothing; a blank anywhere else could make the last word a timestamp.
        var head = text[..(start - 1)];
        var name = System.Text.Encoding.UTF8.GetBytes(family.Name);
        if (!head.StartsWith(name))
        {
            return false;
        }

        var labels = head[name.Length..];
        var braces = labels.IsEmpty || (labels[0] == '{' && labels[^1] == '}');
        var read = family.Metrics[metric];
        return braces
            && (labels.IsEmpty || HasBalancedQuotes(labels))
            && read.TimestampMs is null
            && BitConverter.DoubleToInt64Bits(read.Value) == BitConverter.DoubleToInt64Bits(value);
    }

    /// <summary>Whether the last brace stands outside quotes and is the first that does.</summary>
    private static bool HasBalancedQuotes(ReadOnlySpan<byte> labels)
    {
        var quoted = false;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && labels[i] == '}')
            {
                return i == labels.Length - 1;
            }
        }

        return false;
    }
}
