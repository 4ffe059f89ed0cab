namespace Tallygate.PromQL.Ast;

/// <summary>The names of the cardinalities.</summary>
public static class MatchCardinalities
{
    /// <summary>As in messages and in the HTTP API's syntax trees: <c>many-to-one</c>.</summary>
    public static string Name(this MatchCardinality cardinality) => cardinality switch
    {
        MatchCardinality.OneToOne => "one-to-one",
        MatchCardinality.ManyToOne => "many-to-one",
        MatchCardinality.OneToMany => "one-to-many",
        _ => "many-to-many",
    };
}
