using Tallygate.Model;

namespace Tallygate.PromQL.Functions;

/// <summary>The variance of values that come one after the other, in the very steps of Prometheus.</summary>
internal struct RunningVariance
{
    private KahanSum _mean;
    private KahanSum _squares;
    private double _count;

    /// <summary>Goes on from where another way has come to.</summary>
    public RunningVariance(KahanSum mean, KahanSum squares, int count)
    {
        _mean = mean;
        _squares = squares;
        _count = count;
    }

    /// <summary>The variance of all values so far; there must be one.</summary>
    public readonly double Value => (_squares.Sum + _squares.Compensation) / _count;

    public void Add(double value)
    {
        _count++;
        var distance = value - (_mean.Sum + _mean.Compensation);
        _mean.Add(distance / _count);
        _squares.Add(distance * (value - (_mean.Sum + _mean.Compensation)));
    }
}
