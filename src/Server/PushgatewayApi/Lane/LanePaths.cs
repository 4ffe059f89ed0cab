using System.Buffers.Binary;
using System.Numerics;
using Tallygate.Gateway;

namespace Tallygate.Server.PushgatewayApi.Lane;

/// <summary>
/// What is known of the groups that push: by path, the form of the last push. Forgets by chance, never grows. Thread-safe without locks.
/// </summary>
internal sealed class LanePaths
{
    // Paths that meet in one place would push each other out at every turn, so a few of them find room side by side.
    private const int Places = 4096;
    private const int Beside = 4;

    private readonly LanePath?[] _paths = new LanePath?[Places * Beside];
    private int _turn;

    /// <summary>What is known of a path; null for nothing.</summary>
    public LanePath? Find(ReadOnlySpan<byte> path)
    {
        foreach (var known in _paths.AsSpan(PlaceOf(path), Beside))
        {
            if (known is not null && known.IsFor(path))
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>Takes note of a path.</summary>
    public void Keep(LanePath path)
    {
        var place = _paths.AsSpan(PlaceOf(path.Path), Beside);
        for (var i = 0; i < Beside; i++)
        {
            if (place[i] is not { } known || known.IsFor(path.Path))
            {
                place[i] = path;
                return;
            }
        }

        // Two threads may take the same turn; one of the paths is learned again then.
        place[_turn++ & (Beside - 1)] = path;
    }

    // Nothing depends on who shares a place with whom but some time, so a quick mixture does.
    private static int PlaceOf(ReadOnlySpan<byte> path)
    {
        var hash = (ulong)path.Length;
        for (; path.Length >= sizeof(ulong); path = path[sizeof(ulong)..])
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(path));
        }

        var rest = 0UL;
        foreach (var b in path)
        {
            rest = (rest << 8) | b;
        }

        return (int)(Mix(hash, rest) >> 40) % Places * Beside;
    }

    private static ulong Mix(ulong hash, ulong bytes) => BitOperations.RotateLeft((hash ^ bytes) * 0x9E37_79B9_7F4A_7C15, 29);
}
