using System.Text;
using System.Text.RegularExpressions;
using Tallygate.Testing;

namespace Tallygate.Conformance.Differential;

/// <summary>A request and its two answers.</summary>
public sealed partial record Case(Probe Probe, RawAnswer Theirs, RawAnswer Mine)
{
    public string Method => Probe.Request.Method;

    public string Target => Probe.Request.Target;

    public (int Theirs, int Mine) Statuses => (Theirs.Status, Mine.Status);

    public bool Both400 => Statuses is (400, 400);

    public bool BothRefused => Both400 && MineText.StartsWith(Differences.Refused, StringComparison.Ordinal) && TheirText.StartsWith(Differences.Refused, StringComparison.Ordinal);

    public string TheirText => Theirs.Text;

    /// <summary>Our text without the line that tells the place.</summary>
    public string MineText => Place().Replace(Mine.Text, "");

    public string Text { get; } = Probe.Plain is null ? "" : Encoding.UTF8.GetString(Probe.Plain);

    public string Packing => Header("Content-Encoding");

    public string Encodings => Header("Accept-Encoding");

    public bool IsGzip => Packing.Equals("gzip", StringComparison.OrdinalIgnoreCase);

    public bool IsProtobuf => Header("Content-Type") == ProtobufBody.ContentType;

    private string Header(string name) => Probe.Request.Headers.FirstOrDefault(h => h.Name == name).Value ?? "";

    [GeneratedRegex("(?<=\n)(line [0-9]+, column|byte) [0-9]+(: .*)?\n\\z")]
    private static partial Regex Place();
}
