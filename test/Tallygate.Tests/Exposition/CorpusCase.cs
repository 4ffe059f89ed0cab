using System.Text;
using System.Text.Json;
using Tallygate.Testing;

namespace Tallygate.Tests.Exposition;

/// <summary>The lines of the exposition corpora, each a test case by its name.</summary>
internal static class CorpusCase
{
    /// <summary>Every case's file and name; one row that skips where the corpora are missing.</summary>
    public static TheoryData<string, string> Of(params string[] files)
    {
        var data = new TheoryData<string, string>();
        foreach (var file in files)
        {
            if (Corpora.PathOf(Path.Combine("exposition", file)) is not { } path)
            {
                data.Add(file, "");
                continue;
            }

            foreach (var line in File.ReadLines(path))
            {
                using var json = JsonDocument.Parse(line);
                data.Add(file, json.RootElement.GetProperty("name").GetString()!);
            }
        }

        return data;
    }

    /// <summary>Every file in a folder.</summary>
    public static TheoryData<string> FilesOf(string folder) => Corpora.PathOf(Path.Combine("exposition", folder)) is { } path
        ? new TheoryData<string>(Directory.GetFiles(path).Select(f => Path.Combine(folder, Path.GetFileName(f))).Order(StringComparer.Ordinal))
        : new TheoryData<string>("");

    /// <summary>The case's object; skips the test where the corpora are missing.</summary>
    public static JsonElement Get(string file, string name)
    {
        Assert.SkipWhen(name.Length == 0, "the corpora are not here");
        foreach (var line in File.ReadLines(Corpora.PathOf(Path.Combine("exposition", file))!))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("name").GetString() == name)
            {
                return json.RootElement.Clone();
            }
        }

        throw new ArgumentException($"no case {name} in {file}");
    }

    /// <summary>The bytes of a file; skips the test where the corpora are missing.</summary>
    public static byte[] ReadFile(string file)
    {
        Assert.SkipWhen(file.Length == 0, "the corpora are not here");
        return File.ReadAllBytes(Corpora.PathOf(Path.Combine("exposition", file))!);
    }

    /// <summary>The exact bytes of a case's input.</summary>
    public static byte[] Input(JsonElement test) => test.TryGetProperty("input_base64", out var base64)
        ? base64.GetBytesFromBase64()
        : Encoding.UTF8.GetBytes(test.GetProperty("input").GetString()!);

    /// <summary>A number, which is a string where JSON has none.</summary>
    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var other => throw new FormatException(other),
    };
}
