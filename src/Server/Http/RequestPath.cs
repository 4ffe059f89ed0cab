namespace Tallygate.Server.Http;

/// <summary>A request's path without the route prefix: as it came over the wire, and decoded.</summary>
internal readonly record struct RequestPath(string Escaped, string Text);
