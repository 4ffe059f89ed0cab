using System.Text;

namespace Tallygate.Testing;

/// <summary>An HTTP answer as it came over the wire, its body put together.</summary>
public sealed record RawAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The value of a header, or null where it is not there.</summary>
    public string? Header(string name)
    {
        foreach (var (header, value) in Headers)
        {
            if (header.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
