namespace Tallygate.PromQL.Values;

/// <summary>A text, at the time of an instant query.</summary>
public sealed class StringValue : QueryValue
{
    /// <summary>Makes a text.</summary>
    public StringValue(long time, string text)
    {
        Time = time;
        Text = text;
    }

    /// <summary>Unix milliseconds.</summary>
    public long Time { get; }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override string TypeName => "string";
}
