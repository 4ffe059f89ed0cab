namespace Tallygate.Testing;

/// <summary>How much of a long test to run: `./test.sh --soak` asks for the full counts.</summary>
public static class Soak
{
    /// <summary>Whether the full counts are wanted.</summary>
    public static bool Full { get; } = Environment.GetEnvironmentVariable("TALLYGATE_SOAK") is { Length: > 0 };

    /// <summary><paramref name="full"/> in a soak, <paramref name="reduced"/> otherwise.</summary>
    public static int Rounds(int full, int reduced) => Full ? full : reduced;

    /// <summary>The seed of this run: TALLYGATE_SEED, or a fresh one. Tests print it.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TALLYGATE_SEED"), out var seed) ? seed : Random.Shared.Next();

    /// <summary>TALLYGATE_SEED, or a fresh seed in a soak, or <paramref name="usual"/>: for tests beside a peer that has surprises of its own.</summary>
    public static int SeedOr(int usual) => Full || Environment.GetEnvironmentVariable("TALLYGATE_SEED") is { Length: > 0 } ? Seed : usual;
}
