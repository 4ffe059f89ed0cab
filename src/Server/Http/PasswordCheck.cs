using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tallygate.Server.Http;

/// <summary>
/// Verifies the header <c>Authorization</c> against users and their bcrypt hashes. bcrypt is slow on purpose, so what it found is remembered,
/// under a keyed hash of the header with a key that only this process has: neither the memory nor the time of a look-up tells a password.
/// What was right and what was wrong are remembered apart, so that guesses never push out those who may come in. Thread-safe.
/// </summary>
internal sealed class PasswordCheck
{
    private const int RightRemembered = 1024;
    private const int WrongRemembered = 256;

    /// <summary>A hash for users that do not exist, so that they take as long as others.</summary>
    private const string NobodysHash = "$2a$10$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK";

    /// <summary>One check runs at a time in the whole process, since each takes a processor for a while.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    private readonly IReadOnlyDictionary<string, string> _users;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly HashSet<UInt128> _right = [];
    private readonly HashSet<UInt128> _wrong = [];

    public PasswordCheck(IReadOnlyDictionary<string, string> users) => _users = users;

    /// <summary>What was found about this header before; null where nothing is remembered.</summary>
    public bool? Remembers(string authorization) => Remembers(Digest(authorization));

    /// <summary>Whether the header names a user and the user's password.</summary>
    public async Task<bool> VerifyAsync(string authorization, CancellationToken cancellation)
    {
        if (!TryParse(authorization, out var user, out var password))
        {
            return false;
        }

        var digest = Digest(authorization);
        await Turn.WaitAsync(cancellation);
        try
        {
            // Who waited for the turn of another with the same header finds it answered.
            if (Remembers(digest) is { } known)
            {
                return known;
            }

            // The thread at hand reads the sockets of others too.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var exists = _users.TryGetValue(user, out var hash);
            var right = BCrypt.Net.BCrypt.Verify(password, hash ?? NobodysHash) && exists;
            Remember(digest, right);
            return right;
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Reads <c>Basic</c> and base64 of <c>user:password</c>.</summary>
    internal static bool TryParse(string authorization, [NotNullWhen(true)] out string? user, [NotNullWhen(true)] out string? password)
    {
        user = null;
        password = null;
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var packed = authorization.AsSpan(6);
        var bytes = new byte[packed.Length];
        if (packed.ContainsAny(" \t\r\n") || !Convert.TryFromBase64Chars(packed, bytes, out var length))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        user = text[..colon];
        password = text[(colon + 1)..];
        return true;
    }

    private bool? Remembers(UInt128 digest)
    {
        lock (_right)
        {
            return _right.Contains(digest) ? true : _wrong.Contains(digest) ? false : null;
        }
    }

    private void Remember(UInt128 digest, bool right)
    {
        lock (_right)
        {
            // Whoever is forgotten is verified once more; that is rare enough to need no order.
            var (set, most) = right ? (_right, RightRemembered) : (_wrong, WrongRemembered);
            if (set.Count >= most)
            {
                set.Clear();
            }

            set.Add(digest);
        }
    }

    private UInt128 Digest(string authorization)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, MemoryMarshal.AsBytes(authorization.AsSpan()), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
