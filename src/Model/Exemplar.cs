namespace Tallygate.Model;

/// <summary>An example of what was counted: labels (a trace id, mostly), a value, and when, Unix nanoseconds, where that is known.</summary>
public sealed record Exemplar(Labels Labels, double Value, long? TimestampUnixNano);
