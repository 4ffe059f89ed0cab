namespace Tallygate.Scrape;

/// <summary>Why a scrape configuration cannot be loaded.</summary>
/// <param name="JobName">Its job.</param>
/// <param name="Field">The key at fault as the configuration spells it, so that a reader of the file can point at it.</param>
/// <param name="Message">What is wrong, in Prometheus's words where it has some.</param>
public sealed record ScrapeProblem(string JobName, string Field, string Message);
