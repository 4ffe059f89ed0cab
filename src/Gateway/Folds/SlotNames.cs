using Tallygate.Model;

namespace Tallygate.Gateway.Folds;

/// <summary>How the series of a family are called in a store.</summary>
/// <param name="Suffix">What each name ends with.</param>
/// <param name="Change">What is done to the labels at last; null: nothing.</param>
internal sealed record SlotNames(string Suffix, Func<Labels, Labels>? Change)
{
    /// <summary>As they were pushed.</summary>
    public static SlotNames Plain { get; } = new("", null);

    /// <summary>Those of <see cref="PushSamples"/>.</summary>
    public static SlotNames Pushed { get; } = new(PushSamples.Suffix, null);
}
