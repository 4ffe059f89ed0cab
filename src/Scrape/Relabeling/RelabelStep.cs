using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tallygate.Model;
using Tallygate.Model.RegularExpressions;

namespace Tallygate.Scrape.Relabeling;

/// <summary>One checked and compiled relabeling step. Immutable and thread-safe.</summary>
internal sealed class RelabelStep
{
    private readonly RelabelConfig _config;
    private readonly Re2Pattern _pattern;

    private RelabelStep(RelabelConfig config, Re2Pattern pattern)
    {
        _config = config;
        _pattern = pattern;
    }

    /// <summary>Compiles a step, or says in Prometheus's words why it cannot be.</summary>
    public static bool TryCreate(RelabelConfig config, [NotNullWhen(true)] out RelabelStep? step, [NotNullWhen(false)] out string? problem)
    {
        step = null;
        problem = RelabelConfigCheck.Problem(config);
        if (problem is not null)
        {
            return false;
        }

        try
        {
            step = new RelabelStep(config, Re2Pattern.Anchored(config.Regex));
            return true;
        }
        catch (ArgumentException refused)
        {
            problem = refused.Message;
            return false;
        }
    }

    /// <summary>Changes the labels; false where the step drops their bearer.</summary>
    public bool Apply(LabelsBuilder labels)
    {
        switch (_config.Action)
        {
            case RelabelAction.Keep:
                return _pattern.IsMatch(Source(labels));
            case RelabelAction.Drop:
                return !_pattern.IsMatch(Source(labels));
            case RelabelAction.KeepEqual:
                return labels.Get(_config.TargetLabel) == Source(labels);
            case RelabelAction.DropEqual:
                return labels.Get(_config.TargetLabel) != Source(labels);
            case RelabelAction.Replace:
                Replace(labels);
                return true;
            case RelabelAction.HashMod:
                labels.Set(_config.TargetLabel, HashMod(Source(labels), _config.Modulus).ToString(CultureInfo.InvariantCulture));
                return true;
            case RelabelAction.Lowercase:
                SetOrRemove(labels, _config.TargetLabel, Source(labels).ToLowerInvariant());
                return true;
            case RelabelAction.Uppercase:
                SetOrRemove(labels, _config.TargetLabel, Source(labels).ToUpperInvariant());
                return true;
            default:
                ApplyToNames(labels);
                return true;
        }
    }

    /// <summary>The last eight bytes of the MD5 of the text, read big-endian, modulo <paramref name="modulus"/>.</summary>
    public static ulong HashMod(string text, ulong modulus)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // A spread over shards that must equal Prometheus's, not a protection.
        MD5.HashData(Encoding.UTF8.GetBytes(text), hash);
#pragma warning restore CA5351
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash[8..]) % modulus;
    }

    private string Source(LabelsBuilder labels)
    {
        if (_config.SourceLabels.Count == 1)
        {
            return labels.Get(_config.SourceLabels[0]);
        }

        return string.Join(_config.Separator, _config.SourceLabels.Select(labels.Get));
    }

    private void Replace(LabelsBuilder labels)
    {
        var source = Source(labels);
        if (_pattern.TryExpand(source, _config.TargetLabel, out var target)
            && NameValidation.IsUtf8Name(target)
            && _pattern.TryExpand(source, _config.Replacement, out var value))
        {
            SetOrRemove(labels, target, value);
        }
    }

    private void ApplyToNames(LabelsBuilder labels)
    {
        // The names as they were before this step: what labelmap adds is not mapped again.
        foreach (ref readonly var label in labels.ToLabels().AsSpan())
        {
            if (_config.Action == RelabelAction.LabelMap)
            {
                if (_pattern.TryExpand(label.Name, _config.Replacement, out var name))
                {
                    SetOrRemove(labels, name, label.Value);
                }
            }
            else if (_pattern.IsMatch(label.Name) == (_config.Action == RelabelAction.LabelDrop))
            {
                labels.Remove(label.Name);
            }
        }
    }

    private static void SetOrRemove(LabelsBuilder labels, string name, string value)
    {
        if (value.Length == 0)
        {
            labels.Remove(name);
        }
        else
        {
            labels.Set(name, value);
        }
    }
}
