using System.Reflection;

namespace Tallygate.Server.Telemetry;

/// <summary>What was built, and what it stands in for.</summary>
public static class BuildInfo
{
    /// <summary>The version of Pushgateway whose behaviour this is.</summary>
    public const string PushgatewayVersion = "1.11.3";

    /// <summary>The version of Prometheus whose API this is; clients decide by it what they may ask.</summary>
    public const string PrometheusVersion = "3.14.0";

    private static readonly string Informational =
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    /// <summary>The version of Tallygate.</summary>
    public static string Version { get; } = Informational.Split('+')[0];

    /// <summary>The source revision; empty where it is unknown.</summary>
    public static string Revision { get; } = Informational.Contains('+', StringComparison.Ordinal) ? Informational[(Informational.IndexOf('+', StringComparison.Ordinal) + 1)..] : "";

    /// <summary>The runtime, where the originals name their Go version.</summary>
    public static string Runtime { get; } = "dotnet" + Environment.Version.ToString(3);
}
