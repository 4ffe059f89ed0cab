using Tallygate.Model;

namespace Tallygate.PromQL.Functions;

/// <summary>The least-squares line through points that come one after the other, in the very steps of Prometheus.</summary>
internal struct Regression
{
    private readonly double _first;
    private KahanSum _x;
    private KahanSum _y;
    private KahanSum _xy;
    private KahanSum _xx;
    private double _count;
    private bool _isConstant;

    /// <summary>Begins.</summary>
    /// <param name="first">The value of the first point, which is still to be added.</param>
    public Regression(double first)
    {
        _first = first;
        _isConstant = true;
    }

    /// <summary>Goes on from where another way has come to.</summary>
    public Regression(double first, bool isConstant, int count, KahanSum x, KahanSum y, KahanSum xy, KahanSum xx)
    {
        _first = first;
        _isConstant = isConstant;
        _count = count;
        _x = x;
        _y = y;
        _xy = xy;
        _xx = xx;
    }

    /// <param name="seconds">How far the point is from the origin.</param>
    public void Add(double seconds, double value)
    {
        // The first point is as it is, NaN too.
        _isConstant = _isConstant && (_count == 0 || value == _first);
        _count++;
        _x.Add(seconds);
        _y.Add(value);
        _xy.Add(seconds * value);
        _xx.Add(seconds * seconds);
    }

    /// <summary>The line through at least two points.</summary>
    /// <param name="slope">By second.</param>
    /// <param name="intercept">The value at the origin.</param>
    public readonly void Finish(out double slope, out double intercept)
    {
        if (_isConstant)
        {
            slope = double.IsInfinity(_first) ? double.NaN : 0;
            intercept = double.IsInfinity(_first) ? double.NaN : _first;
            return;
        }

        var sumX = _x.Sum + _x.Compensation;
        var sumY = _y.Sum + _y.Compensation;
        var covariance = _xy.Sum + _xy.Compensation - (sumX * sumY / _count);
        var variance = _xx.Sum + _xx.Compensation - (sumX * sumX / _count);
        slope = covariance / variance;
        intercept = (sumY / _count) - (slope * sumX / _count);
    }
}
