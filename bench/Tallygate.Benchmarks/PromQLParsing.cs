using BenchmarkDotNet.Attributes;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;

namespace Tallygate.Benchmarks;

/// <summary>Parsing queries as dashboards and rules send them.</summary>
[MemoryDiagnoser]
public class PromQLParsing
{
    /// <summary>The query.</summary>
    [Params(
        "up",
        "sum by (job) (rate(http_requests_total{job=\"api\", code=~\"5..\"}[5m])) / on (job) group_left () sum by (job) (rate(http_requests_total[5m])) > 0.05",
        "(records_processed and last_push_time_seconds{job=\"myjob\"} != push_time_seconds{job=\"myjob\"}) or push_time_seconds{job=\"myjob\"} * 0")]
    public string Query { get; set; } = "";

    /// <summary>Text to tree.</summary>
    [Benchmark]
    public Expr Parse() => Parser.ParseExpr(Query);

    /// <summary>Tree to text and back.</summary>
    [Benchmark]
    public string ParseAndPrint() => Parser.ParseExpr(Query).ToString();
}
