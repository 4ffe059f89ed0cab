namespace Tallygate.Wal.Simulation;

/// <summary>
/// The bytes of a simulated file twice: as programs see them, and as they would be after a power loss. In between lie the sectors that
/// were changed since the last sync, any of which may or may not have reached the disk.
/// </summary>
internal sealed class SimulatedContent
{
    public const int Sector = 512;

    private readonly SortedSet<long> _dirty = [];
    private byte[] _seen = [];
    private byte[] _stored = [];
    private long _storedLength;

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> buffer)
    {
        var count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        _seen.AsSpan((int)Math.Min(offset, Length), count).CopyTo(buffer);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var end = offset + bytes.Length;
        Grow(ref _seen, end);
        bytes.CopyTo(_seen.AsSpan((int)offset));
        Length = Math.Max(Length, end);
        for (var sector = offset / Sector; bytes.Length > 0 && sector <= (end - 1) / Sector; sector++)
        {
            _dirty.Add(sector);
        }
    }

    public void Truncate(long length)
    {
        if (length < Length)
        {
            _seen.AsSpan((int)length, (int)(Length - length)).Clear();
            Length = length;
        }
    }

    /// <summary>Everything reaches the disk.</summary>
    public void Sync() => Store(static _ => true, Length);

    /// <summary>
    /// What a failed sync leaves: any part has reached the disk, and the system believes that nothing is left to be written.
    /// </summary>
    public void FailSync(Random random) => Store(_ => random.Next(2) == 0, random.Next(2) == 0 ? Length : _storedLength);

    /// <summary>What a power loss leaves: any of the changed sectors, some of them torn in the middle.</summary>
    public void PowerLoss(Random random)
    {
        var length = random.Next(3) switch
        {
            0 => _storedLength,
            1 => Length,
            _ => random.NextInt64(Math.Min(_storedLength, Length), Math.Max(_storedLength, Length) + 1),
        };
        var keep = random.Next(3) switch { 0 => 0, 1 => 1.0, _ => random.NextDouble() };
        foreach (var sector in _dirty)
        {
            if (random.NextDouble() < keep)
            {
                StoreSector(sector, random.Next(8) == 0 ? random.Next(Sector) : Sector);
            }
        }

        _dirty.Clear();
        _storedLength = length;
        Grow(ref _stored, length);
        _stored.AsSpan((int)length).Clear();
        _seen = _stored.ToArray();
        Length = length;
    }

    public void Flip(long offset, byte mask)
    {
        _seen[offset] ^= mask;
        if (offset < _stored.Length)
        {
            _stored[offset] ^= mask;
        }
    }

    private void Store(Func<long, bool> reaches, long length)
    {
        Grow(ref _stored, Math.Max(length, Length));
        foreach (var sector in _dirty)
        {
            if (reaches(sector))
            {
                StoreSector(sector, Sector);
            }
        }

        _dirty.Clear();
        _storedLength = length;
        _stored.AsSpan((int)length).Clear();
    }

    private void StoreSector(long sector, int bytes)
    {
        var from = sector * Sector;
        var count = (int)Math.Clamp(Math.Min(bytes, _seen.Length - from), 0, Sector);
        if (count > 0)
        {
            Grow(ref _stored, from + count);
            _seen.AsSpan((int)from, count).CopyTo(_stored.AsSpan((int)from));
        }
    }

    private static void Grow(ref byte[] bytes, long length)
    {
        if (bytes.Length < length)
        {
            Array.Resize(ref bytes, (int)Math.Max(length, Math.Min(2L * bytes.Length, Array.MaxLength)));
        }
    }
}
