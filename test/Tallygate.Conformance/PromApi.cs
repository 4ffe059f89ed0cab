using System.Globalization;
using System.Text.Json;

namespace Tallygate.Conformance;

/// <summary>Asks the Prometheus HTTP API of any server.</summary>
public static class PromApi
{
    /// <summary>The elements of an instant query's vector: label set and value.</summary>
    public static async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> VectorAsync(ServerProcess server, string query, double? time = null)
    {
        var path = "/api/v1/query?query=" + Uri.EscapeDataString(query);
        if (time is { } at)
        {
            path += "&time=" + at.ToString("F3", CultureInfo.InvariantCulture);
        }

        using var document = JsonDocument.Parse(await server.GetAsync(path));
        var data = document.RootElement.GetProperty("data");
        Assert.Equal("vector", data.GetProperty("resultType").GetString());
        return
        [
            .. data.GetProperty("result").EnumerateArray().Select(e => (
                (IReadOnlyDictionary<string, string>)e.GetProperty("metric").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!),
                double.Parse(e.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>The sum over all elements of an instant query; null where there are none.</summary>
    public static async Task<double?> SumAsync(ServerProcess server, string query, double? time = null)
    {
        var vector = await VectorAsync(server, query, time);
        return vector.Count == 0 ? null : vector.Sum(e => e.Value);
    }
}
