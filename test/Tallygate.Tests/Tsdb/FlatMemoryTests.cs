using CsCheck;
using Tallygate.Tsdb.Memory;

namespace Tallygate.Tests.Tsdb;

/// <summary>The flat memory of the head against lists that do the same.</summary>
public sealed class FlatMemoryTests
{
    [Fact]
    public void Chains_hold_what_was_written_whatever_happens_to_the_others()
    {
        // Which chain, how many bytes; 0: it is freed.
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 70]).Array[1, 2000].Sample(
            steps =>
            {
                var arena = new BlockArena();
                var chains = new BlockChain[41];
                var truth = Enumerable.Range(0, 41).Select(_ => new List<byte>()).ToArray();
                var random = new Random(7);
                foreach (var (at, count) in steps)
                {
                    if (count == 0)
                    {
                        arena.Free(ref chains[at]);
                        Assert.True(chains[at].IsEmpty);
                        truth[at].Clear();
                        continue;
                    }

                    // As bits are written: over the last byte, or behind it.
                    var bytes = new byte[count];
                    random.NextBytes(bytes);
                    var from = truth[at].Count > 0 && random.Next(2) == 0 ? truth[at].Count - 1 : truth[at].Count;
                    arena.Write(ref chains[at], truth[at].Count, from, bytes);
                    truth[at].RemoveRange(from, truth[at].Count - from);
                    truth[at].AddRange(bytes);
                }

                for (var i = 0; i < chains.Length; i++)
                {
                    var read = new byte[truth[i].Count];
                    arena.CopyTo(chains[i], read);
                    Assert.Equal(truth[i], read);
                }
            },
            iter: 100);
    }

    [Fact]
    public void What_is_freed_is_used_again()
    {
        var arena = new BlockArena();
        var chains = new BlockChain[100];
        var bytes = new byte[400];
        long? first = null;
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < chains.Length; i++)
            {
                arena.Write(ref chains[i], 0, 0, bytes);
            }

            first ??= arena.Bytes;
            for (var i = 0; i < chains.Length; i++)
            {
                arena.Free(ref chains[(i * 7) % chains.Length]);
            }
        }

        Assert.Equal(first, arena.Bytes);
    }

    [Fact]
    public void Runs_of_numbers_stay_as_they_are_and_rows_come_back_empty()
    {
        Gen.Select(Gen.Int[0, 200], Gen.Int[0, 6000].Select(n => n < 5900 ? n % 30 : n)).Array[1, 500].Sample(
            steps =>
            {
                var runs = new IntRuns();
                var rows = new FlatRows<long>();
                var kept = new Dictionary<int, (int Address, int Row, int[] Truth)>();
                foreach (var (at, length) in steps)
                {
                    if (kept.Remove(at, out var old))
                    {
                        Assert.Equal(old.Truth, runs[old.Address].ToArray());
                        Assert.Equal(old.Address, (int)rows[old.Row]);
                        runs.Free(old.Address);
                        rows.Free(old.Row);
                        continue;
                    }

                    var truth = Enumerable.Range(at, length).ToArray();
                    var (address, row) = (runs.Keep(truth), rows.Take());
                    Assert.True(address > 0 && row > 0);
                    Assert.Equal(0, rows[row]);
                    rows[row] = address;
                    kept.Add(at, (address, row, truth));
                }

                Assert.Equal(kept.Count, kept.Values.Select(static k => k.Address).Distinct().Count());
                Assert.All(kept.Values, k => Assert.Equal(k.Truth, runs[k.Address].ToArray()));
                Assert.All(kept.Values, k => Assert.Equal(k.Address, (int)rows[k.Row]));
            },
            iter: 200);
    }
}
