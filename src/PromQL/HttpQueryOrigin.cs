namespace Tallygate.PromQL;

/// <summary>A query that came by HTTP.</summary>
/// <param name="ClientIp">The address of who asked; empty where it has none.</param>
/// <param name="Method">The method of the request.</param>
/// <param name="Path">The path of the request.</param>
public sealed record HttpQueryOrigin(string ClientIp, string Method, string Path) : QueryOrigin;
