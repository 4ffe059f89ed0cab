namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A function cannot do what it is asked for; who calls it adds its name and place.</summary>
internal sealed class TemplateFunctionException(string message) : Exception(message);
