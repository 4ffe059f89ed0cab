namespace Tallygate.Cli.Demo;

/// <summary>One moment of the demo's day.</summary>
/// <param name="AtMs">Milliseconds since the day began.</param>
/// <param name="Batch">The value of the grouping label <c>batch</c>: which job it is about.</param>
/// <param name="Records">How many records the run processed.</param>
internal readonly record struct DemoEvent(long AtMs, DemoEventKind Kind, string Batch = "", long Records = 0);
