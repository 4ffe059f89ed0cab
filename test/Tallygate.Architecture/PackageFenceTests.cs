using System.Xml.Linq;

namespace Tallygate.Architecture;

public sealed class PackageFenceTests
{
    /// <summary>Which rooms may reference which packages; a room that is not here has none.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["PushLog"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Tsdb"] = ["Microsoft.Extensions.Logging.Abstractions", "ZstdSharp.Port"],
        ["Gateway"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Rules"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Scrape"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Remote"] = ["System.IO.Hashing"],
        ["Server"] = ["BCrypt.Net-Next", "Snappier", "YamlDotNet", "ZstdSharp.Port"],
    };

    public static TheoryData<string> Rooms() => [.. Directory.EnumerateDirectories(Checkout.Src).Select(d => Path.GetFileName(d)!)];

    [Theory, MemberData(nameof(Rooms))]
    public void Packages_stay_in_their_rooms(string room)
    {
        var project = XDocument.Load(Path.Combine(Checkout.Src, room, room + ".csproj"));
        var packages = project.Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value);
        Assert.Empty(packages.Except(Allowed.GetValueOrDefault(room, [])));
        if (room is not ("Server" or "Cli"))
        {
            Assert.Empty(project.Descendants("FrameworkReference"));
        }
    }
}
