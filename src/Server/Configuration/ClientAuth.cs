namespace Tallygate.Server.Configuration;

/// <summary>What is asked of a client's certificate: Go's five ways.</summary>
internal enum ClientAuth
{
    /// <summary>None is asked for.</summary>
    NoClientCert,

    /// <summary>Asked for; neither needed nor verified.</summary>
    RequestClientCert,

    /// <summary>Needed, not verified.</summary>
    RequireAnyClientCert,

    /// <summary>Not needed; verified where it is given.</summary>
    VerifyClientCertIfGiven,

    /// <summary>Needed and verified.</summary>
    RequireAndVerifyClientCert,
}
