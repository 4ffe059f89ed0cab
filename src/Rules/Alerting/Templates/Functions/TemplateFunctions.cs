using System.Collections.Frozen;
using Tallygate.Rules.Alerting.Templates.Execution;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>All functions that templates may call: those of Go's text/template and those of Prometheus.</summary>
internal static class TemplateFunctions
{
    /// <summary>The functions by name.</summary>
    public static readonly FrozenDictionary<string, TemplateFunction> All = new IEnumerable<TemplateFunction>[]
    {
        LanguageFunctions.All, ComparisonFunctions.All, EscapeFunctions.All, QueryFunctions.All, HumanizeFunctions.All, TimeFunctions.All,
        TextFunctions.All, AddressFunctions.All,
    }.SelectMany(static f => f).ToFrozenDictionary(static f => f.Name);
}
