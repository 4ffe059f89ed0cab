using Tallygate.Model;

namespace Tallygate.Scrape.Relabeling;

/// <summary>What Prometheus demands of a relabeling step beside a regular expression that compiles.</summary>
internal static class RelabelConfigCheck
{
    /// <summary>What is wrong with the step, in Prometheus's words; null where nothing is.</summary>
    public static string? Problem(RelabelConfig config)
    {
        var action = config.Action.ToString().ToLowerInvariant();
        if (config.Action == RelabelAction.HashMod && config.Modulus == 0)
        {
            return "relabel configuration for hashmod requires non-zero modulus";
        }

        if (NeedsTarget(config.Action) && config.TargetLabel.Length == 0)
        {
            return $"relabel configuration for {action} action requires 'target_label' value";
        }

        // A target with a group in it can be judged only when the group is known.
        var open = config.Action == RelabelAction.Replace && config.TargetLabel.Contains('$');
        if (NeedsTarget(config.Action) && !open && !NameValidation.IsUtf8Name(config.TargetLabel))
        {
            return $"{GoQuote.Quote(config.TargetLabel)} is invalid 'target_label' for {action} action";
        }

        return config.Action switch
        {
            RelabelAction.Lowercase or RelabelAction.Uppercase when config.Replacement != RelabelConfig.DefaultReplacement =>
                $"'replacement' can not be set for {action} action",
            RelabelAction.LabelMap when !NameValidation.IsUtf8Name(config.Replacement) =>
                $"{GoQuote.Quote(config.Replacement)} is invalid 'replacement' for {action} action",
            RelabelAction.KeepEqual or RelabelAction.DropEqual when config.Regex != RelabelConfig.DefaultRegex || HasOther(config) =>
                $"{action} action requires only 'source_labels' and `target_label`, and no other fields",
            RelabelAction.LabelDrop or RelabelAction.LabelKeep
                when config.SourceLabels.Count > 0 || config.TargetLabel.Length > 0 || HasOther(config) =>
                $"{action} action requires only 'regex', and no other fields",
            _ => null,
        };
    }

    private static bool NeedsTarget(RelabelAction action) => action is RelabelAction.Replace or RelabelAction.HashMod
        or RelabelAction.Lowercase or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual;

    private static bool HasOther(RelabelConfig config) =>
        config.Modulus != 0 || config.Separator != ";" || config.Replacement != RelabelConfig.DefaultReplacement;
}
