using System.Globalization;
using System.Text;
using Tallygate.Wal;

namespace Tallygate.Client.Spool;

/// <summary>
/// Pushes on disk that no server has confirmed yet, one file each, oldest first by name. Scripts on one machine share a directory: anyone may
/// add at any time; whoever delivers holds the lock. A push is durable when <see cref="Add"/> returns and stays until it is delivered or
/// set aside. Below it, <c>refused/</c> keeps what servers would not take, each with the reason beside it, and <c>damaged/</c> what cannot
/// be read.
/// </summary>
public sealed class PushSpool
{
    private const string Suffix = ".push";

    // Pushes that one process makes at one moment keep their order.
    private static uint _added;

    private readonly IWalFileSystem _files;

    /// <summary>Opens a spool; the directory is made where it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public PushSpool(string directory, IWalFileSystem files)
    {
        _files = files;
        Directory = directory;
        files.CreateDirectory(directory);
    }

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>Keeps a push. It is durable on return.</summary>
    /// <exception cref="IOException">It could not be written; nothing is kept.</exception>
    public SpoolEntry Add(OutgoingPush push)
    {
        var place = Interlocked.Increment(ref _added);
        var name = string.Create(CultureInfo.InvariantCulture, $"{push.TimeNs:D20}-{place:x8}{Guid.NewGuid().ToString("N")[8..]}{Suffix}");
        Write(Directory, name, SpoolFile.Encode(push));
        return new SpoolEntry(name, push);
    }

    /// <summary>The names of the pushes that wait, oldest first.</summary>
    public IReadOnlyList<string> Names()
    {
        var names = _files.List(Directory).Where(static n => n.EndsWith(Suffix, StringComparison.Ordinal)).ToList();
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Reads one of <see cref="Names"/>.</summary>
    /// <exception cref="SpoolDamagedException">It is not what was written.</exception>
    /// <exception cref="NewerVersionException">A newer program wrote it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SpoolEntry Read(string name)
    {
        var path = Path.Combine(Directory, name);
        using var file = _files.Open(path, writable: false);
        var bytes = new byte[file.Length];
        var read = file.Read(0, bytes);
        return new SpoolEntry(name, SpoolFile.Decode(path, bytes[..read]));
    }

    /// <summary>Forgets a push that a server has.</summary>
    public void Remove(string name)
    {
        _files.Delete(Path.Combine(Directory, name));
        _files.SyncDirectory(Directory);
    }

    /// <summary>Takes a push that a server refused out of the way. It stays readable in <c>refused/</c>, with the reason beside it.</summary>
    public void SetAside(SpoolEntry entry, string reason)
    {
        var folder = Path.Combine(Directory, "refused");
        _files.CreateDirectory(folder);
        Write(folder, entry.Name, SpoolFile.Encode(entry.Push));
        Write(folder, entry.Name + ".reason", Encoding.UTF8.GetBytes(reason + "\n"));
        Remove(entry.Name);
    }

    /// <summary>Takes a file that cannot be read out of the way, as it is, and returns where it is now.</summary>
    public string SetDamagedAside(string name)
    {
        var folder = Path.Combine(Directory, "damaged");
        _files.CreateDirectory(folder);
        var path = Path.Combine(Directory, name);
        using (var file = _files.Open(path, writable: false))
        {
            var bytes = new byte[file.Length];
            var read = file.Read(0, bytes);
            Write(folder, name, bytes[..read]);
        }

        Remove(name);
        return Path.Combine(folder, name);
    }

    /// <summary>Takes the right to deliver for this process, until the result is disposed of; null where another has it.</summary>
    public IDisposable? TryLock()
    {
        try
        {
            return _files.Lock(Directory);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Write(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        var draft = path + ".draft";
        try
        {
            if (_files.List(folder).Contains(name + ".draft"))
            {
                _files.Delete(draft);
            }

            using (var file = _files.Create(draft))
            {
                file.Write(0, bytes);
                file.Sync();
            }

            _files.Rename(draft, path);
            _files.SyncDirectory(folder);
        }
        catch (IOException)
        {
            DeleteDraft(draft);
            throw;
        }
    }

    private void DeleteDraft(string draft)
    {
        try
        {
            _files.Delete(draft);
        }
        catch (IOException)
        {
            // The first failure is the one to tell; a draft that stays does no harm, since nobody reads drafts.
        }
    }
}
