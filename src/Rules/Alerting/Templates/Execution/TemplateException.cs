namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A template cannot be parsed or expanded; the message says why, as Go does. It does not leave the templates.</summary>
internal sealed class TemplateException(string message) : Exception(message);
