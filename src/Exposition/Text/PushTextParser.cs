using System.Diagnostics.CodeAnalysis;

namespace Tallygate.Exposition.Text;

/// <summary>
/// The text format 0.0.4 as pushes bring it: strict, whole bodies, into metric families. Errors are worded as upstream words them. Beyond
/// upstream, lines may end in CRLF; and where the last line has no end, the error says what that mostly means.
/// </summary>
public static class PushTextParser
{
    [ThreadStatic]
    private static MetricFamilyAssembler? _assembler;

    /// <summary>
    /// Reads a whole body. Families come in the order in which they first appear, without those that have no sample. Strings are taken from
    /// <paramref name="pool"/>. Thread-safe.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> body,
        PushParseOptions options,
        Utf8StringPool pool,
        [NotNullWhen(true)] out List<Tallygate.Model.MetricFamily>? families,
        out ExpositionError error)
    {
        var assembler = _assembler ??= new MetricFamilyAssembler();
        try
        {
            var reader = new PushTextReader(body, options, pool, assembler);
            if (reader.ReadAll())
            {
                families = assembler.Build();
                error = default;
                return true;
            }

            families = null;
            error = reader.Error;
            return false;
        }
        finally
        {
            assembler.Clear();
            _assembler = assembler.IsLarge ? null : assembler;
        }
    }
}
