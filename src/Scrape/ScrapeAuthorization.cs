using System.Text;

namespace Tallygate.Scrape;

/// <summary>The value of the header <c>Authorization</c>. Its text form hides the secret.</summary>
/// <param name="Type">The scheme: <c>Bearer</c>, <c>Basic</c>, …</param>
/// <param name="Credentials">What follows the scheme in the header.</param>
public sealed record ScrapeAuthorization(string Type, string Credentials)
{
    /// <summary>HTTP basic authentication.</summary>
    public static ScrapeAuthorization Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>The scheme with <c>&lt;secret&gt;</c>.</summary>
    public override string ToString() => $"{Type} <secret>";
}
