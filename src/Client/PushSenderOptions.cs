namespace Tallygate.Client;

/// <summary>How servers are asked.</summary>
public sealed record PushSenderOptions
{
    /// <summary>How long one delivery may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Name and password for basic authentication.</summary>
    public (string Name, string Password)? User { get; init; }

    /// <summary>The PEM text of certificate authorities to trust in place of the system's.</summary>
    public string? CertificateAuthorities { get; init; }
}
