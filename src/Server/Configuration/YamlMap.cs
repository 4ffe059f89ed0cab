using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>
/// Reads one mapping key by key. Every wrong value is noted with its place and read as absent, so that all errors come at once;
/// <see cref="End"/> notes the keys that nobody asked for.
/// </summary>
internal sealed class YamlMap
{
    private readonly HashSet<string> _asked = [];
    private readonly string _what;

    private YamlMap(YamlFile file, YamlMappingNode node, string what)
    {
        File = file;
        Node = node;
        _what = what;
    }

    public YamlFile File { get; }

    public YamlMappingNode Node { get; }

    /// <summary>The mapping at <paramref name="node"/>; an absent or null node is an empty one.</summary>
    /// <param name="what">What the mapping is, for messages.</param>
    public static YamlMap Of(YamlFile file, YamlNode? node, string what)
    {
        if (node is YamlMappingNode map)
        {
            return new YamlMap(file, map, what);
        }

        if (node is not null && !IsNull(node))
        {
            file.Fail(node, $"{what} must be a mapping of keys to values");
        }

        return new YamlMap(file, [], what);
    }

    /// <summary>The node of the key; null where it is absent or null.</summary>
    public YamlNode? Get(string key)
    {
        _asked.Add(key);
        foreach (var (name, value) in Node.Children)
        {
            if (name is YamlScalarNode scalar && scalar.Value == key)
            {
                return IsNull(value) ? null : value;
            }
        }

        return null;
    }

    /// <summary>The key's own place, for messages about it.</summary>
    public YamlNode Place(string key)
    {
        foreach (var name in Node.Children.Keys)
        {
            if (name is YamlScalarNode scalar && scalar.Value == key)
            {
                return name;
            }
        }

        return Node;
    }

    public bool Has(string key) => Get(key) is not null;

    public string? Text(string key)
    {
        switch (Get(key))
        {
            case null:
                return null;
            case YamlScalarNode scalar:
                return scalar.Value ?? "";
            case { } node:
                File.Fail(node, $"{key} must be a single value");
                return null;
        }
    }

    public TimeSpan? Duration(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (DurationText.TryParse(text, out var duration, out var why))
        {
            return duration;
        }

        File.Fail(Get(key)!, $"{key}: {why}");
        return null;
    }

    public bool? Bool(string key)
    {
        switch (Text(key))
        {
            case null:
                return null;
            case "true" or "True" or "TRUE" or "yes" or "on":
                return true;
            case "false" or "False" or "FALSE" or "no" or "off":
                return false;
            case var text:
                File.Fail(Get(key)!, $"{key} must be true or false, not \"{text}\"");
                return null;
        }
    }

    public long? Whole(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        File.Fail(Get(key)!, $"{key} must be a whole number, not \"{text}\"");
        return null;
    }

    /// <summary>A size in bytes: <c>512</c>, <c>10KB</c>, <c>1MiB</c>, <c>2GB</c>; units count in 1024.</summary>
    public long? Size(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        var digits = text.AsSpan().TrimEnd("BiKMGTPEkmgtpe");
        var unit = text[digits.Length..].ToUpperInvariant().Replace("I", "", StringComparison.Ordinal);
        var power = Array.IndexOf(["B", "KB", "MB", "GB", "TB", "PB", "EB"], unit.Length == 0 ? "B" : unit);
        if (power >= 0 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> (10 * power))
        {
            return number << (10 * power);
        }

        File.Fail(Get(key)!, $"{key} must be a size such as 10MB, not \"{text}\"");
        return null;
    }

    public YamlMap Map(string key, string what) => Of(File, Get(key), what);

    /// <summary>The items of a list; empty where the key is absent.</summary>
    public IEnumerable<YamlNode> Items(string key)
    {
        switch (Get(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                return list.Children;
            case { } node:
                File.Fail(node, $"{key} must be a list");
                return [];
        }
    }

    public IReadOnlyList<string> Texts(string key)
    {
        var texts = new List<string>();
        foreach (var item in Items(key))
        {
            if (item is YamlScalarNode scalar)
            {
                texts.Add(scalar.Value ?? "");
            }
            else
            {
                File.Fail(item, $"{key} must be a list of single values");
            }
        }

        return texts;
    }

    /// <summary>All keys with single values, such as labels; each is passed with its key's place.</summary>
    public IReadOnlyList<(string Name, string Value, YamlNode Place)> Pairs(string key)
    {
        var pairs = new List<(string, string, YamlNode)>();
        var map = Map(key, key);
        foreach (var (name, value) in map.Node.Children)
        {
            if (name is YamlScalarNode { Value: { } text } && value is YamlScalarNode scalar)
            {
                pairs.Add((text, IsNull(value) ? "" : scalar.Value ?? "", name));
            }
            else
            {
                File.Fail(name, $"{key} must map names to single values");
            }
        }

        return pairs;
    }

    /// <summary>Notes that a key is known but cannot be used yet.</summary>
    public void NotYet(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Get(key) is not null)
            {
                File.Fail(Place(key), $"{key} is known but not supported yet");
            }
        }
    }

    /// <summary>Notes the keys that nobody asked for.</summary>
    public void End()
    {
        foreach (var name in Node.Children.Keys)
        {
            if (name is not YamlScalarNode { Value: { } key })
            {
                File.Fail(name, $"a key of {_what} must be a single value");
            }
            else if (!_asked.Contains(key) && !File.IgnoresUnknown)
            {
                File.Fail(name, $"field {key} not found in {_what}");
            }
        }
    }

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };
}
