namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A part of a parsed template. Immutable; its text is its canonical form, which messages show.</summary>
/// <param name="at">Where messages say that it stands, in UTF-16 units of the source.</param>
internal abstract class TemplateNode(int at)
{
    public int At { get; } = at;
}
