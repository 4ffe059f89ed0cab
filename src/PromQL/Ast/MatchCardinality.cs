namespace Tallygate.PromQL.Ast;

/// <summary>How many series of one side may match one of the other.</summary>
public enum MatchCardinality
{
    /// <summary>One on each side.</summary>
    OneToOne,

    /// <summary>Many on the left: <c>group_left</c>.</summary>
    ManyToOne,

    /// <summary>Many on the right: <c>group_right</c>.</summary>
    OneToMany,

    /// <summary>Set operators.</summary>
    ManyToMany,
}
