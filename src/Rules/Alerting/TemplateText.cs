using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Syntax;

namespace Tallygate.Rules.Alerting;

/// <summary>The text of a label or an annotation of an alerting rule: a template of Go's text/template. Immutable, thread-safe.</summary>
internal sealed class TemplateText
{
    /// <summary>What Prometheus puts before each text; the places in messages count from here.</summary>
    private const string Preamble =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

    private readonly string _source;
    private readonly string _name;
    private readonly ParsedTemplate? _template;

    /// <param name="alert">The name of the alerting rule, which messages give.</param>
    public TemplateText(string alert, string source)
    {
        _source = source;
        _name = "__alert_" + alert;
        if (!source.Contains("{{", StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            _template = TemplateParser.Parse(_name, Preamble + source);
        }
        catch (TemplateException wrong)
        {
            Problem = wrong.Message;
        }
    }

    /// <summary>Why the text is no template; null: it is one. What cannot be parsed can be expanded too, into a text that says so.</summary>
    public string? Problem { get; }

    /// <summary>The text for one alert. Where the template fails on it, the text says so: a bad annotation must not stop an alert.</summary>
    /// <param name="problem">Why it failed; null: it did not.</param>
    public string Expand(TemplateContext context, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(context);
        problem = Problem is null ? null : $"error parsing template {_name}: {Problem}";
        try
        {
            if (problem is null)
            {
                return _template is null ? _source : new TemplateRun(_template, context).Expand();
            }
        }
        catch (TemplateException failure)
        {
            problem = $"error executing template {_name}: {failure.Message}";
        }

        return $"<error expanding template: {problem}>";
    }
}
