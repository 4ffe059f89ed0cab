using System.Globalization;

namespace Tallygate.Lab;

/// <summary>One thing that happens.</summary>
/// <param name="AtMs">When, in milliseconds from the history's start, by a clock that is never set.</param>
/// <param name="Amount">Of a clock step the milliseconds; of a crash the number of writes until it comes.</param>
internal sealed record LabEvent(long AtMs, LabEventKind Kind, LabPush? Push = null, string Group = "", long Amount = 0)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{AtMs / 1000.0,10:0.000} {Kind}{(Push is null ? "" : " " + Push)}{(Group.Length == 0 ? "" : " " + Group)}{(Amount == 0 ? "" : $" {Amount}")}");
}
