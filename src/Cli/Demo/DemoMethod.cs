namespace Tallygate.Cli.Demo;

/// <summary>One way to count and what it gave.</summary>
/// <param name="Name">A short name: naive, recipe, pushed.</param>
/// <param name="Expr">The PromQL that was asked.</param>
/// <param name="Value">The sum over all series of the answer.</param>
/// <param name="Error">The value less the truth.</param>
internal sealed record DemoMethod(string Name, string Expr, double Value, double Error);
