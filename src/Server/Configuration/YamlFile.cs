using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>The node tree of one YAML file, and all that is found to be wrong in it. Not thread-safe.</summary>
internal sealed class YamlFile
{
    private readonly List<ConfigError> _errors = [];
    private readonly List<string> _warnings = [];

    private YamlFile(string name) => Name = name;

    /// <summary>The file's name as it was given.</summary>
    public string Name { get; }

    public IReadOnlyList<ConfigError> Errors => _errors;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Whether keys that nobody asks for are passed over.</summary>
    public bool IgnoresUnknown { get; set; }

    /// <summary>The first document; null for an empty file.</summary>
    public YamlNode? Root { get; private set; }

    /// <summary>The text, for hints that look at how something was written.</summary>
    public string Text { get; private set; } = "";

    public static YamlFile Read(string name)
    {
        try
        {
            return Parse(name, File.ReadAllText(name));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var file = new YamlFile(name);
            file._errors.Add(new ConfigError(name, 0, 0, problem is FileNotFoundException or DirectoryNotFoundException
                ? "no such file" : problem.Message));
            return file;
        }
    }

    public static YamlFile Parse(string name, string text)
    {
        var file = new YamlFile(name) { Text = text };
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
            file.Root = stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
            if (stream.Documents.Count > 1)
            {
                file._warnings.Add($"{name}: Multiple document yaml rules files are not supported, only the first document is used");
            }
        }
        catch (YamlException problem)
        {
            file._errors.Add(new ConfigError(name, (int)problem.Start.Line, (int)problem.Start.Column, "yaml: " + problem.Message));
        }

        return file;
    }

    public void Fail(YamlNode at, string message) =>
        _errors.Add(new ConfigError(Name, (int)at.Start.Line, (int)at.Start.Column, message));

    public void Warn(string message) => _warnings.Add(message);
}
