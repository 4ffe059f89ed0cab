namespace Tallygate.Architecture;

public sealed class ArrowTests
{
    private static readonly RoomGraph Drawing = RoomGraph.FromDrawing(File.ReadAllText(Path.Combine(Checkout.Root, "ARCHITECTURE.md")));
    private static readonly RoomGraph Projects = RoomGraph.FromProjects(Checkout.Src);

    [Fact]
    public void Project_references_are_the_arrows_of_the_drawing() => Assert.Empty(RoomGraph.Differences(Drawing, Projects));

    [Fact]
    public void An_arrow_that_is_not_drawn_is_found()
    {
        var copy = Directory.CreateTempSubdirectory("tallygate-arrows-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Checkout.Src, "*.csproj", SearchOption.AllDirectories))
            {
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            }

            var promql = Path.Combine(copy.FullName, "PromQL.csproj");
            File.WriteAllText(promql, File.ReadAllText(promql).Replace(
                "</Project>", "<ItemGroup><ProjectReference Include=\"../Tsdb/Tsdb.csproj\" /></ItemGroup></Project>", StringComparison.Ordinal));
            var difference = Assert.Single(RoomGraph.Differences(Drawing, RoomGraph.FromProjects(copy.FullName)));
            Assert.StartsWith("PromQL --> Tsdb is a project reference but is not drawn", difference, StringComparison.Ordinal);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_arrow_points_to_a_lower_floor()
    {
        var floors = Projects.Arrows.SelectMany(a => new[] { a.From, a.To }).Distinct().ToDictionary(room => room, _ => 0);
        for (var round = 0; round <= floors.Count; round++)
        {
            var moved = false;
            foreach (var (from, to) in Projects.Arrows)
            {
                if (floors[from] <= floors[to])
                {
                    floors[from] = floors[to] + 1;
                    moved = true;
                }
            }

            if (!moved)
            {
                return;
            }
        }

        Assert.Fail("the rooms' arrows form a circle");
    }

    [Theory]
    [InlineData("PromQL", "Tsdb", "the engine is a library over a port")]
    [InlineData("Gateway", "Tsdb", "folds write to a port")]
    [InlineData("PushLog", "Gateway", "the log does not know its readers")]
    [InlineData("PushLog", "Storage", "the log knows no samples")]
    [InlineData("Rules", "Gateway", "rules ask storage, not the gateway")]
    [InlineData("Gateway", "Rules", "the gateway knows no rules")]
    public void Some_arrows_are_never_drawn(string from, string to, string because) =>
        Assert.False(Drawing.Arrows.Contains((from, to)), $"{from} --> {to}: {because}");

    [Fact]
    public void Only_the_program_uses_the_server() =>
        Assert.All(Projects.Arrows, a => Assert.True(a.To != "Server" || a.From == "Cli", $"{a.From} --> Server"));

    [Fact]
    public void Storage_and_Exposition_know_only_the_vocabulary() => Assert.All(
        Projects.Arrows.Where(a => a.From is "Storage" or "Exposition"), a => Assert.Equal("Model", a.To));
}
