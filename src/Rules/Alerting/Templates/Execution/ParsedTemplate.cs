using System.Text;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A template that was parsed: what it writes, and the definitions in it. Immutable and thread-safe.</summary>
/// <param name="Name">Its name in messages.</param>
/// <param name="Definitions">What <c>define</c> and <c>block</c> in it made, by name.</param>
internal sealed record ParsedTemplate(
    string Name, string Source, IReadOnlyList<Statement> Body, IReadOnlyDictionary<string, IReadOnlyList<Statement>> Definitions)
{
    /// <summary>Name, line, and byte within the line, of a place.</summary>
    /// <param name="at">UTF-16 units of the source.</param>
    public string PlaceOf(int at)
    {
        var before = Source.AsSpan(0, at);
        var line = before.Count('\n') + 1;
        return $"{Name}:{line}:{Encoding.UTF8.GetByteCount(before[(before.LastIndexOf('\n') + 1)..])}";
    }
}
