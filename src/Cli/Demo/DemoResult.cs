namespace Tallygate.Cli.Demo;

/// <summary>The truth of the day and what each way of counting made of it.</summary>
internal sealed record DemoResult(double Truth, int Runs, IReadOnlyList<DemoMethod> Methods);
