namespace Tallygate.Model;

/// <summary>One label: a name and its value. An empty value means the same as the label not being there.</summary>
public readonly record struct Label(string Name, string Value);
