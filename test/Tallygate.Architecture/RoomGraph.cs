using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tallygate.Architecture;

/// <summary>Rooms and the arrows between them, read from the drawing in ARCHITECTURE.md or from the project files.</summary>
public sealed partial class RoomGraph
{
    private RoomGraph(IEnumerable<(string From, string To)> arrows) => Arrows = [.. arrows];

    /// <summary>The arrows as "From --> To", each once.</summary>
    public SortedSet<(string From, string To)> Arrows { get; }

    /// <summary>Reads the first Mermaid block of <paramref name="markdown"/>.</summary>
    public static RoomGraph FromDrawing(string markdown)
    {
        var block = MermaidBlock().Match(markdown);
        Assert.True(block.Success, "ARCHITECTURE.md has no Mermaid block");
        return new(Arrow().Matches(block.Groups[1].Value).Select(m => (m.Groups[1].Value, m.Groups[2].Value)));
    }

    /// <summary>Reads the project references below <paramref name="src"/>.</summary>
    public static RoomGraph FromProjects(string src) => new(
        from file in Directory.EnumerateFiles(src, "*.csproj", SearchOption.AllDirectories)
        from reference in XDocument.Load(file).Descendants("ProjectReference")
        select (Path.GetFileNameWithoutExtension(file), Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)));

    /// <summary>A sentence for each arrow that stands on one side only; empty when the graphs are equal.</summary>
    public static IReadOnlyList<string> Differences(RoomGraph drawing, RoomGraph projects) =>
    [
        .. projects.Arrows.Except(drawing.Arrows).Select(a => $"{a.From} --> {a.To} is a project reference but is not drawn in ARCHITECTURE.md"),
        .. drawing.Arrows.Except(projects.Arrows).Select(a => $"{a.From} --> {a.To} is drawn in ARCHITECTURE.md but is no project reference"),
    ];

    [GeneratedRegex(@"```mermaid\s*\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex MermaidBlock();

    [GeneratedRegex(@"^\s*([\w.]+)\s*-->\s*([\w.]+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Arrow();
}
