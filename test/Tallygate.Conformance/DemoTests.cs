using System.Text.Json;

namespace Tallygate.Conformance;

/// <summary>The demo shows what the product is for, and a second engine agrees with its figures.</summary>
public sealed class DemoTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Pushed_series_are_exact_and_the_recipes_figure_is_promtools()
    {
        using var folder = new TempFolder();
        var (code, text, error) = await Shell.RunAsync(ServerProcess.TallygateProgram, ["demo", "--exit", "--json", "--promtool-test", folder.Path]);
        Assert.True(code == 0, error);
        output.WriteLine(text);
        using var json = JsonDocument.Parse(text);
        var methods = json.RootElement.GetProperty("methods").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!);
        Assert.Equal(0, methods["pushed"].GetProperty("error").GetDouble());
        Assert.NotEqual(0, methods["naive"].GetProperty("error").GetDouble());
        Assert.NotEqual(0, methods["recipe"].GetProperty("error").GetDouble());
        Assert.Equal(json.RootElement.GetProperty("truth").GetDouble(), methods["pushed"].GetProperty("value").GetDouble());

        var (verdict, said, complaint) = await Shell.RunAsync(ServerProcess.Peer("/usr/bin/promtool"), ["test", "rules", Path.Combine(folder.Path, "demo-test.yml")], seconds: 300);
        Assert.True(verdict == 0 && said.Contains("SUCCESS", StringComparison.Ordinal), said + complaint);
    }

    [Fact]
    public async Task Demo_hands_over_to_the_wall_clock_and_serves()
    {
        using var folder = new TempFolder();
        using var demo = await ServerProcess.DemoAsync();
        for (var tries = 0; !demo.Log.Contains("The clock runs on", StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 600, demo.Log);
            await Task.Delay(100);
        }

        using (var answer = await demo.SendAsync(HttpMethod.Put, "/metrics/job/myjob/batch/mine", "records_processed 42\n"))
        {
            Assert.Equal(200, (int)answer.StatusCode);
        }

        Assert.Equal(42, await PromApi.SumAsync(demo, "sum_over_time(records_processed:pushed{batch=\"mine\"}[1d])"));
        Assert.Equal(0, await demo.StopAsync());
    }
}
