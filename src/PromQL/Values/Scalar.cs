namespace Tallygate.PromQL.Values;

/// <summary>A number without labels, at the time of an instant query.</summary>
public sealed class Scalar : QueryValue
{
    /// <summary>Makes a scalar.</summary>
    public Scalar(long time, double value)
    {
        Time = time;
        Value = value;
    }

    /// <summary>Unix milliseconds.</summary>
    public long Time { get; }

    /// <summary>The number.</summary>
    public double Value { get; }

    /// <inheritdoc/>
    public override string TypeName => "scalar";
}
