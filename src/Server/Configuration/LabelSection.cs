using Tallygate.Model;

namespace Tallygate.Server.Configuration;

/// <summary>Reads a mapping of label names to values.</summary>
internal static class LabelSection
{
    public static Labels Read(YamlMap map, string key)
    {
        var labels = new LabelsBuilder();
        foreach (var (name, value, place) in map.Pairs(key))
        {
            if (!NameValidation.IsUtf8Name(name))
            {
                map.File.Fail(place, $"\"{name}\" is not a valid label name");
            }

            labels.Set(name, value);
        }

        return labels.ToLabels();
    }
}
