namespace Tallygate.Rules;

/// <summary>Why a rule group cannot be loaded.</summary>
/// <param name="File">The group's file.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Rule">The rule's number in the group from 1; 0 for the group itself.</param>
/// <param name="RuleName">The rule's name; empty for the group itself.</param>
/// <param name="Field">The key at fault as the rule file spells it, <c>expr</c> or <c>for</c> say, so that a reader of the file can point at it.</param>
/// <param name="Message">What is wrong, in Prometheus's words where it has some.</param>
public sealed record RuleProblem(string File, string Group, int Rule, string RuleName, string Field, string Message)
{
    /// <summary><c>file: group "g", rule 2, "name": message</c>.</summary>
    public override string ToString() =>
        Rule == 0 ? $"{File}: group \"{Group}\": {Message}" : $"{File}: group \"{Group}\", rule {Rule}, \"{RuleName}\": {Message}";
}
