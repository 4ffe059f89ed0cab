using Tallygate.Gateway;

namespace Tallygate.Server.PushgatewayApi.Lane;

/// <summary>
/// What is known of the groups that push: by path, the form of the last push. Forgets by chance, never grows. Thread-safe without locks.
/// </summary>
internal sealed class LanePaths
{
    private readonly LanePath?[] _paths = new LanePath?[16 * 1024];

    /// <summary>What is known of a path; null for nothing.</summary>
    public LanePath? Find(ReadOnlySpan<byte> path) => _paths[PlaceOf(path)] is { } known && known.IsFor(path) ? known : null;

    /// <summary>Takes note of a path.</summary>
    public void Keep(LanePath path) => _paths[PlaceOf(path.Path)] = path;

    private int PlaceOf(ReadOnlySpan<byte> path)
    {
        var hash = default(HashCode);
        hash.AddBytes(path);
        return hash.ToHashCode() & (_paths.Length - 1);
    }
}
