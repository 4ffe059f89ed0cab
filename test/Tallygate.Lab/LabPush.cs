using System.Globalization;
using System.Text;

namespace Tallygate.Lab;

/// <summary>One push of a history, as a client sends it.</summary>
/// <param name="Replace">PUT, which replaces the group; else POST, which replaces families.</param>
/// <param name="Group">The path below <c>/metrics</c>.</param>
/// <param name="Records">The values of <c>records_processed</c> by its own label <c>type</c>, "" for none; empty where the push does not bring it.</param>
/// <param name="Started">The start marker that some jobs push; null: none.</param>
internal sealed record LabPush(bool Replace, string Group, IReadOnlyList<(string Type, double Value)> Records, double? Started = null)
{
    /// <summary>Tells a retry from a second push; null: the client sets none.</summary>
    public string? Key { get; init; }

    /// <summary>The run; null: the push is one.</summary>
    public string? Run { get; init; }

    /// <summary>Whether it ends its run.</summary>
    public bool EndsRun { get; init; }

    /// <summary>How long before its arrival it was made; 0: now.</summary>
    public long LateMs { get; init; }

    /// <summary>How often the client sends it at least, since it does not hear the first answers; only with a key.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Whether it has a timestamp, for which the gateway refuses it.</summary>
    public bool Bad { get; init; }

    /// <summary>The body.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            if (Started is { } started)
            {
                text.Append(CultureInfo.InvariantCulture, $"job_started {started:R}\n");
            }

            foreach (var (type, value) in Records)
            {
                text.Append("records_processed").Append(type.Length == 0 ? "" : $"{{type=\"{type}\"}}")
                    .Append(CultureInfo.InvariantCulture, $" {value:R}").Append(Bad ? " 1000\n" : "\n");
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder(Replace ? "PUT " : "POST ").Append(Group).Append(": ").Append(Text.TrimEnd().Replace("\n", "; ", StringComparison.Ordinal));
        _ = Key is null ? text : text.Append(" key=").Append(Key);
        _ = Run is null ? text : text.Append(" run=").Append(Run).Append(EndsRun ? " (ends)" : "");
        _ = LateMs == 0 ? text : text.Append(CultureInfo.InvariantCulture, $" late by {LateMs / 1000.0} s");
        _ = Times == 1 ? text : text.Append(CultureInfo.InvariantCulture, $" sent {Times} times");
        return text.ToString();
    }
}
