using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;

namespace Tallygate.PromQL.Scripts;

/// <summary><c>eval</c>: runs a query and says what must come of it.</summary>
internal sealed record EvalCommand(int Line, string Text, Expr Expr) : ScriptCommand(Line)
{
    /// <summary>Whether it is a range query.</summary>
    public bool IsRange { get; init; }

    /// <summary>The time of an instant query, Unix milliseconds.</summary>
    public long Time { get; set; }

    /// <summary>The time of the first expected value, Unix milliseconds.</summary>
    public long Start { get; set; }

    /// <summary>The last time, Unix milliseconds.</summary>
    public long End { get; set; }

    /// <summary>The distance of expected values, milliseconds.</summary>
    public long Step { get; set; }

    /// <summary>Whether an instant query gives the samples of a range selector.</summary>
    public bool ExpectsRangeVector { get; set; }

    /// <summary>Whether the order of the elements counts.</summary>
    public bool IsOrdered { get; set; }

    /// <summary>What is expected of an error; null where there must be none.</summary>
    public TextExpectation? Failure { get; set; }

    /// <summary>What is expected of warnings.</summary>
    public AnnotationExpectation Warnings { get; } = new("warn");

    /// <summary>What is expected of infos.</summary>
    public AnnotationExpectation Infos { get; } = new("info");

    /// <summary>The expected text.</summary>
    public string? ExpectedText { get; set; }

    /// <summary>The expected scalar.</summary>
    public double? ExpectedScalar { get; set; }

    /// <summary>The expected series, in the order of their lines.</summary>
    public List<SeriesDescription> Expected { get; } = [];

    /// <summary>Adds an expected series; a second line for the same labels takes the place of the first.</summary>
    public void Expect(SeriesDescription series)
    {
        Expected.RemoveAll(other => other.Labels.Equals(series.Labels));
        Expected.Add(series);
    }

    /// <summary>The place of a series among the lines, or -1.</summary>
    public int IndexOf(Labels labels) => Expected.FindIndex(series => series.Labels.Equals(labels));
}
