using Tallygate.Lab;
using Tallygate.Testing;

namespace Tallygate.Tests.Lab;

/// <summary>Whatever happens, what was pushed is what <c>:pushed</c> sums to.</summary>
public sealed class ExactnessTests(ITestOutputHelper output)
{
    public static TheoryData<int> Rows() => [.. KnownTroubles.All.Select(r => r.Row)];

    [Theory, MemberData(nameof(Rows))]
    public async Task Known_troubles_are_none(int row)
    {
        var (_, name, history) = KnownTroubles.All.Single(r => r.Row == row);
        var result = await Player.PlayAsync(history);
        output.WriteLine($"{name}: {Report.Line(result)}");
        Assert.Equal((result.Truth, result.Values), (result.Answers[Methods.Pushed], (long)result.BookedValues));
        Assert.Equal(result.Truth, result.Answers[Methods.Total]);
        Assert.True(row == 23 || result.Truth > 0);
    }

    [Fact]
    public void All_situations_in_which_the_recipe_was_measured_are_played() => Assert.Equal(Enumerable.Range(1, 27), KnownTroubles.All.Select(r => r.Row));

    [Fact]
    public async Task Random_histories_are_summed_exactly()
    {
        var count = Soak.Rounds(full: 10_000, reduced: 80);
        var results = new LabResult[count];
        await Parallel.ForAsync(0, count, async (i, _) => results[i] = await Player.PlayAsync(HistoryGenerator.Make(Soak.Seed + i)));
        output.WriteLine($"first seed {Soak.Seed}");
        output.WriteLine(Report.Table(results));
        Assert.Empty(results.Where(r => !r.Exact).Select(Report.Line));
    }

    /// <summary>If the other ways were right too, the histories would show nothing.</summary>
    [Fact]
    public async Task The_histories_are_hard_enough_to_fool_the_recipe()
    {
        var wrong = 0;
        for (var seed = 1; seed <= 10; seed++)
        {
            var result = await Player.PlayAsync(HistoryGenerator.Make(seed));
            wrong += result.Answers[1] == result.Truth ? 0 : 1;
        }

        Assert.True(wrong >= 8);
    }
}
