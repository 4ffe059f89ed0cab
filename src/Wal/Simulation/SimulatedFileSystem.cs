namespace Tallygate.Wal.Simulation;

/// <summary>
/// A disk in memory that can lose power, run full, fail to sync, flip bits, and whose process can die at any operation. What was not
/// synced may be lost at a power loss, sector by sector and with torn sectors; what a failed sync left behind is never written later,
/// though programs go on seeing it, as on a real system. All chance comes from one seed. Thread-safe.
/// </summary>
public sealed class SimulatedFileSystem(int seed) : IWalFileSystem
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly HashSet<string> _locks = [];

    // The names as programs see them, and as they would be after a power loss.
    private Dictionary<string, SimulatedContent> _seen = [];
    private Dictionary<string, SimulatedContent> _stored = [];

    // Renamings of directories that no sync has made durable yet, in their order.
    private readonly List<(string From, string To)> _moved = [];
    private bool _dead;

    /// <summary>How many operations that change something were begun since the last start.</summary>
    public long Operations { get; private set; }

    /// <summary>The process dies in the operation with this number (from 0), somewhere in the middle of it. Null: it lives.</summary>
    public long? DiesAt { get; set; }

    /// <summary>How many bytes the disk takes; null is without end.</summary>
    public long? Capacity { get; set; }

    /// <summary>While it says true of a path, syncing that file or directory fails.</summary>
    public Func<string, bool>? SyncFails { get; set; }

    /// <summary>While it is set, nothing can be created or written.</summary>
    public bool ReadOnly { get; set; }

    internal int Life { get; private set; }

    /// <summary>A new process on the same machine: it sees all that the one before had written, synced or not.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            Life++;
            Operations = 0;
            _dead = false;
            DiesAt = null;
            _locks.Clear();
        }
    }

    /// <summary>The power fails; then a new process starts. It sees what was synced and any part of the rest.</summary>
    public void PowerLoss()
    {
        lock (_gate)
        {
            SettleMoves();
            var kept = new Dictionary<string, SimulatedContent>();
            foreach (var (path, content) in _seen.Concat(_stored))
            {
                var certain = _seen.ContainsKey(path) && _stored.ContainsKey(path);
                if (!kept.ContainsKey(path) && (certain || _random.Next(2) == 0))
                {
                    // After a renaming the old file or the new one has the name.
                    kept[path] = certain && _stored[path] != content && _random.Next(2) == 0 ? _stored[path] : content;
                }
            }

            foreach (var content in kept.Values)
            {
                content.PowerLoss(_random);
            }

            _seen = kept;
            _stored = new Dictionary<string, SimulatedContent>(kept);
        }

        Restart();
    }

    /// <summary>Turns bits of one byte over, on disk.</summary>
    public void Flip(string path, long offset, byte mask)
    {
        lock (_gate)
        {
            _seen[path].Flip(offset, mask);
        }
    }

    /// <summary>The bytes of a file as a program sees them.</summary>
    public byte[] Bytes(string path)
    {
        lock (_gate)
        {
            var bytes = new byte[_seen[path].Length];
            _seen[path].Read(0, bytes);
            return bytes;
        }
    }

    /// <summary>Puts a file there, durably, in place of an older one.</summary>
    public void Put(string path, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var content = new SimulatedContent();
            content.Write(0, bytes);
            content.Sync();
            _seen[path] = content;
            _stored[path] = content;
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string directory)
    {
        if (ReadOnly)
        {
            throw new IOException($"cannot create the directory {directory}: the disk is read-only");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        lock (_gate)
        {
            return [.. _seen.Keys.Where(p => Path.GetDirectoryName(p) == directory).Select(p => Path.GetFileName(p))];
        }
    }

    /// <inheritdoc/>
    public IWalFile Create(string path)
    {
        lock (_gate)
        {
            Begin(out var dies);
            if (ReadOnly)
            {
                throw new IOException($"cannot create {path}: the disk is read-only");
            }

            var content = new SimulatedContent();
            if (!_seen.TryAdd(path, content))
            {
                throw new IOException($"cannot create {path}: it is there already");
            }

            End(dies);
            return new SimulatedFile(this, path, content, writable: true);
        }
    }

    /// <inheritdoc/>
    public IWalFile Open(string path, bool writable)
    {
        lock (_gate)
        {
            return _seen.TryGetValue(path, out var content)
                ? writable && ReadOnly
                    ? throw new IOException($"cannot open {path}: the disk is read-only")
                    : new SimulatedFile(this, path, content, writable)
                : throw new IOException($"cannot open {path}: there is no such file");
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        lock (_gate)
        {
            Begin(out var dies);
            _seen.Remove(path);
            End(dies);
        }
    }

    /// <inheritdoc/>
    public void Rename(string path, string newPath)
    {
        lock (_gate)
        {
            Begin(out var dies);
            if (!_seen.TryGetValue(path, out var content))
            {
                throw new IOException($"cannot rename {path}: there is no such file");
            }

            if (!dies || _random.Next(2) == 0)
            {
                _seen.Remove(path);
                _seen[newPath] = content;
            }

            End(dies);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (_gate)
        {
            var prefix = directory + Path.DirectorySeparatorChar;
            return [.. _seen.Keys.Where(p => p.StartsWith(prefix, StringComparison.Ordinal))
                .Select(p => p[prefix.Length..].Split(Path.DirectorySeparatorChar))
                .Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct()];
        }
    }

    /// <inheritdoc/>
    public void RenameDirectory(string path, string newPath)
    {
        lock (_gate)
        {
            Begin(out var dies);
            if (ReadOnly || Below(_seen, newPath).Length > 0)
            {
                throw new IOException($"cannot rename {path} to {newPath}: {(ReadOnly ? "the disk is read-only" : "it is there already")}");
            }

            if (!dies || _random.Next(2) == 0)
            {
                Move(_seen, path, newPath);
                _moved.Add((path, newPath));
            }

            End(dies);
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        lock (_gate)
        {
            foreach (var file in Below(_seen, path))
            {
                Delete(file);
            }
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        lock (_gate)
        {
            Begin(out var dies);
            if (dies ? _random.Next(2) == 0 : SyncFails?.Invoke(directory) != true)
            {
                foreach (var (from, to) in _moved.Where(m => Path.GetDirectoryName(m.To) == directory))
                {
                    Move(_stored, from, to);
                }

                _moved.RemoveAll(m => Path.GetDirectoryName(m.To) == directory);
                // What was deleted with a directory is gone once its parent knows.
                foreach (var gone in _stored.Keys.Where(p => IsDeletedDirectory(p, directory)).ToArray())
                {
                    _stored.Remove(gone);
                }

                foreach (var gone in _stored.Keys.Where(p => Path.GetDirectoryName(p) == directory && !_seen.ContainsKey(p)).ToArray())
                {
                    _stored.Remove(gone);
                }

                foreach (var (path, content) in _seen.Where(p => Path.GetDirectoryName(p.Key) == directory))
                {
                    _stored[path] = content;
                }
            }
            else if (!dies)
            {
                throw new IOException($"cannot sync the directory {directory}: simulated");
            }

            End(dies);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string directory)
    {
        lock (_gate)
        {
            if (ReadOnly)
            {
                throw new IOException($"cannot write in the directory {directory}: the disk is read-only");
            }

            return _locks.Add(directory)
                ? new Held(this, directory, Life)
                : throw new IOException($"the directory {directory} is in use: another tallygate may be running on it");
        }
    }

    private static string[] Below(Dictionary<string, SimulatedContent> names, string directory) =>
        [.. names.Keys.Where(p => p.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal))];

    private static void Move(Dictionary<string, SimulatedContent> names, string from, string to)
    {
        foreach (var path in Below(names, from))
        {
            names.Remove(path, out var content);
            names[to + path[from.Length..]] = content!;
        }
    }

    // After a power loss each renaming has happened or not, with all that follows from it.
    private void SettleMoves()
    {
        for (var i = _moved.Count - 1; i >= 0; i--)
        {
            var (from, to) = _moved[i];
            if (_random.Next(2) == 0)
            {
                Move(_seen, to, from);
                _moved.RemoveAt(i);
            }
        }

        foreach (var (from, to) in _moved)
        {
            Move(_stored, from, to);
        }

        _moved.Clear();
    }

    private bool IsDeletedDirectory(string path, string parent)
    {
        var prefix = parent + Path.DirectorySeparatorChar;
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || path.IndexOf(Path.DirectorySeparatorChar, prefix.Length) is not (> 0 and var end))
        {
            return false;
        }

        var child = path[..end];
        return Below(_seen, child).Length == 0 && !_moved.Exists(m => m.From == child);
    }

    internal T Do<T>(int life, Func<T> action)
    {
        lock (_gate)
        {
            CheckAlive(life);
            return action();
        }
    }

    internal int Read(int life, SimulatedContent content, long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            CheckAlive(life);
            return content.Read(offset, buffer);
        }
    }

    internal void Write(int life, string path, SimulatedContent content, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            CheckAlive(life);
            Begin(out var dies);
            var room = Capacity is { } capacity
                ? (int)Math.Clamp(capacity - _seen.Values.Sum(c => c.Length) + content.Length - offset, 0, bytes.Length)
                : bytes.Length;
            if (ReadOnly)
            {
                throw new IOException($"cannot write to {path}: the disk is read-only");
            }

            content.Write(offset, bytes[..(dies ? _random.Next(room + 1) : room)]);
            End(dies);
            if (room < bytes.Length)
            {
                throw new IOException($"cannot write to {path}: no space left on the disk");
            }
        }
    }

    internal void Truncate(int life, SimulatedContent content, long length)
    {
        lock (_gate)
        {
            CheckAlive(life);
            Begin(out var dies);
            content.Truncate(length);
            End(dies);
        }
    }

    internal void Sync(int life, string path, SimulatedContent content)
    {
        lock (_gate)
        {
            CheckAlive(life);
            Begin(out var dies);
            if (dies || SyncFails?.Invoke(path) == true)
            {
                content.FailSync(_random);
                End(dies);
                throw new IOException($"cannot sync {path}: simulated");
            }

            content.Sync();
        }
    }

    private void CheckAlive(int life)
    {
        if (_dead || life != Life)
        {
            throw new SimulatedCrashException();
        }
    }

    private void Begin(out bool dies)
    {
        if (_dead)
        {
            throw new SimulatedCrashException();
        }

        dies = Operations == DiesAt;
        Operations++;
    }

    private void End(bool dies)
    {
        if (dies)
        {
            _dead = true;
            throw new SimulatedCrashException();
        }
    }

    private void Unlock(string directory, int life)
    {
        lock (_gate)
        {
            if (life == Life)
            {
                _locks.Remove(directory);
            }
        }
    }

    private sealed class Held(SimulatedFileSystem system, string directory, int life) : IDisposable
    {
        public void Dispose() => system.Unlock(directory, life);
    }
}
