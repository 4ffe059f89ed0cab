using Microsoft.Extensions.Primitives;

namespace Tallygate.Server.Http;

/// <summary>Unpacks the bodies of pushes as their Content-Encoding says. Encodings other than gzip and snappy are ignored, as the Pushgateway ignores them.</summary>
internal static class BodyUnpacker
{
    /// <summary>
    /// The body as it was before it was packed, to be disposed of by the caller; null and the Pushgateway's words where it is damaged.
    /// </summary>
    /// <param name="packed">The body as it came, which the unpacked one may share.</param>
    /// <param name="most">Unpacking ends soon after so many bytes: a body that is longer than that is too long, and not whole.</param>
    public static PooledBytes? Unpack(StringValues contentEncoding, PooledBytes packed, long most, out string error)
    {
        var encoding = contentEncoding is [{ } only] ? only : "";
        error = "";
        if (encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
        {
            return BodyReader.Unpack(packed, most, out error);
        }

        return encoding.Equals("snappy", StringComparison.OrdinalIgnoreCase) ? SnappyFrames.Unpack(packed.Span, most, out error) : packed;
    }
}
