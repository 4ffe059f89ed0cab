using Tallygate.Gateway;

namespace Tallygate.Server.PushgatewayApi.Lane;

/// <summary>What is known of one path. Immutable but for <see cref="Strangers"/>.</summary>
internal sealed class LanePath(byte[] path, byte[] contentType, PushForm? form)
{
    /// <summary>The path as it comes over the wire.</summary>
    public byte[] Path => path;

    /// <summary>The form of the last push; null where it is not known, or there is none.</summary>
    public PushForm? Form => form;

    /// <summary>How many pushes had another form: a job whose lines are never the same is not learned again and again.</summary>
    public int Strangers { get; set; }

    public bool IsFor(ReadOnlySpan<byte> other) => other.SequenceEqual(path);

    /// <summary>Whether the form was learned under this content type.</summary>
    public bool IsOf(ReadOnlySpan<byte> type) => type.SequenceEqual(contentType);
}
