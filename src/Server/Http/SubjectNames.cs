using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Tallygate.Server.Http;

/// <summary>The subject alternative names of a certificate: mail addresses, DNS names, URIs and IP addresses.</summary>
internal static class SubjectNames
{
    private const string AlternativeNames = "2.5.29.17";
    private const int Mail = 1;
    private const int Dns = 2;
    private const int Uri = 6;
    private const int Ip = 7;

    /// <summary>The names as text; none where the extension is missing or broken.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != AlternativeNames)
            {
                continue;
            }

            try
            {
                Read(extension.RawData, names);
            }
            catch (AsnContentException)
            {
                return [];
            }
        }

        return names;
    }

    private static void Read(byte[] encoded, List<string> names)
    {
        var list = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        while (list.HasData)
        {
            var tag = list.PeekTag();
            switch (tag.TagValue)
            {
                case Mail or Dns or Uri:
                    names.Add(list.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case Ip when list.ReadOctetString(tag) is { Length: 4 or 16 } bytes:
                    names.Add(new IPAddress(bytes).ToString());
                    break;
                case Ip:
                    break;
                default:
                    list.ReadEncodedValue();
                    break;
            }
        }
    }
}
