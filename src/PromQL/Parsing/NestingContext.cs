namespace Tallygate.PromQL.Parsing;

/// <summary>What the innermost construct that explains errors is called in messages, and what it expects.</summary>
internal readonly record struct NestingContext(string Name, string Expected, bool IsAggregation = false)
{
    public static readonly NestingContext None = new("", "");
    public static readonly NestingContext Aggregation = new("aggregation", "", IsAggregation: true);
    public static readonly NestingContext Offset = new("offset", "number, duration, step(), or range()");
    public static readonly NestingContext At = new("@", "timestamp");
    public static readonly NestingContext Range = new("subquery or range selector", "number, duration, step(), or range()");
    public static readonly NestingContext AfterRange = new("subquery or range", "\":\" or \"]\"");
    public static readonly NestingContext Step = new("subquery selector", "number, duration, step(), range(), or \"]\"");
    public static readonly NestingContext AfterStep = new("subquery selector", "\"]\"");
}
