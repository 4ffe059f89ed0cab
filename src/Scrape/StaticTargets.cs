using Tallygate.Model;

namespace Tallygate.Scrape;

/// <summary>One entry of <c>static_configs</c>.</summary>
/// <param name="Addresses"><c>host</c> or <c>host:port</c> each.</param>
/// <param name="Labels">Labels that all of them get.</param>
public sealed record StaticTargets(IReadOnlyList<string> Addresses, Labels Labels);
