namespace Tallygate.Rules;

/// <summary>The settings of a <see cref="RuleManager"/>; the defaults are those of Prometheus.</summary>
public sealed record RuleManagerOptions
{
    /// <summary>How old the state of an alert may be to be taken up again after a start (<c>--rules.alert.for-outage-tolerance</c>).</summary>
    public TimeSpan OutageTolerance { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long an alert stays pending at least after its state was taken up again, and below which <c>for</c> none is taken up
    /// (<c>--rules.alert.for-grace-period</c>).
    /// </summary>
    public TimeSpan ForGracePeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The URL under which this server is reached from outside, for the texts of alerts (<c>--web.external-url</c>).</summary>
    public string ExternalUrl { get; init; } = "";
}
