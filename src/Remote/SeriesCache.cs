using System.IO.Hashing;
using System.Security.Cryptography;
using System.Runtime.InteropServices;

namespace Tallygate.Remote;

/// <summary>
/// References of series by the 128-bit hash of their label bytes, seeded anew in every process. Two generations in each of a few shards:
/// what is not asked for while a generation fills is forgotten with the one before. Thread-safe; finding allocates nothing.
/// </summary>
internal sealed class SeriesCache
{
    /// <summary>The reference that stands for labels that no store takes.</summary>
    public const ulong Invalid = 0;

    private const int Shards = 16;

    private readonly long _seed = MemoryMarshal.Read<long>(RandomNumberGenerator.GetBytes(8));
    private readonly Shard[] _shards;

    /// <param name="capacity">How many series of one generation are remembered at most.</param>
    public SeriesCache(int capacity)
    {
        _shards = new Shard[Shards];
        for (var i = 0; i < Shards; i++)
        {
            _shards[i] = new Shard(Math.Max(8, capacity / Shards));
        }
    }

    public UInt128 KeyOf(ReadOnlySpan<byte> labels) => XxHash128.HashToUInt128(labels, _seed);

    public bool TryFind(UInt128 key, out ulong reference) => ShardOf(key).TryFind(key, out reference);

    public void Put(UInt128 key, ulong reference) => ShardOf(key).Put(key, reference);

    private Shard ShardOf(UInt128 key) => _shards[(int)((ulong)(key >> 64) % Shards)];

    private sealed class Shard(int most)
    {
        private readonly Lock _lock = new();
        private Table _young = new();
        private Table _old = new();

        public bool TryFind(UInt128 key, out ulong reference)
        {
            lock (_lock)
            {
                if (_young.TryFind(key, out reference))
                {
                    return true;
                }

                if (!_old.TryFind(key, out reference))
                {
                    return false;
                }

                Add(key, reference);
                return true;
            }
        }

        public void Put(UInt128 key, ulong reference)
        {
            lock (_lock)
            {
                Add(key, reference);
            }
        }

        private void Add(UInt128 key, ulong reference)
        {
            if (_young.Count >= most)
            {
                (_old, _young) = (_young, new Table());
            }

            _young.Set(key, reference);
        }
    }

    /// <summary>Open addressing, at most half full.</summary>
    private sealed class Table
    {
        private Entry[] _entries = new Entry[16];

        public int Count { get; private set; }

        public bool TryFind(UInt128 key, out ulong reference)
        {
            ref var entry = ref Slot(_entries, key);
            reference = entry.Reference;
            return entry.Used;
        }

        public void Set(UInt128 key, ulong reference)
        {
            if ((Count + 1) * 2 > _entries.Length)
            {
                var larger = new Entry[_entries.Length * 2];
                foreach (ref var old in _entries.AsSpan())
                {
                    if (old.Used)
                    {
                        Slot(larger, old.Key) = old;
                    }
                }

                _entries = larger;
            }

            ref var entry = ref Slot(_entries, key);
            Count += entry.Used ? 0 : 1;
            entry = new Entry { Key = key, Reference = reference, Used = true };
        }

        private static ref Entry Slot(Entry[] entries, UInt128 key)
        {
            var mask = entries.Length - 1;
            var at = (int)(ulong)key & mask;
            while (entries[at].Used && entries[at].Key != key)
            {
                at = (at + 1) & mask;
            }

            return ref entries[at];
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public UInt128 Key;
        public ulong Reference;
        public bool Used;
    }
}
