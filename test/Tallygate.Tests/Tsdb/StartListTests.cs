using CsCheck;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tests.Tsdb;

public sealed class StartListTests
{
    [Fact]
    public void Starts_are_found_by_the_times_of_their_samples() =>
        Gen.Select(Gen.Long[0, 100].Array[0, 40].Select(times => times.Distinct().ToArray()), Gen.Long[0, 110].Array[0, 40]).Sample((times, asked) =>
        {
            var list = new StartList();
            var known = new Dictionary<long, long>();
            foreach (var time in times)
            {
                list.Add(time, time - 7, oldest: 0);
                known[time] = time - 7;
            }

            asked = [.. asked.Distinct().Order()];
            var starts = new long[asked.Length];
            StartList.Fill(list.Share().Span, asked, starts);
            return asked.Zip(starts).All(pair => pair.Second == known.GetValueOrDefault(pair.First))
                && asked.All(time => StartList.Of(list.Share().Span, time) == known.GetValueOrDefault(time));
        }, iter: 300);

    [Fact]
    public void What_a_reader_holds_does_not_change()
    {
        var list = new StartList();
        list.Add(10, 1, oldest: 0);
        list.Add(30, 3, oldest: 0);
        var held = list.Share();
        list.Add(20, 2, oldest: 0);
        list.Add(40, 4, oldest: 25);
        Assert.Equal([(10, 1), (30, 3)], held.ToArray());
        Assert.Equal([(30, 3), (40, 4)], list.Share().ToArray());
    }
}
