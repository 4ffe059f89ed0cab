namespace Tallygate.Rules.Alerting.Templates.Printing;

/// <summary>What stands between a percent sign and its verb.</summary>
internal record struct FormatFlags
{
    public bool Plus { get; set; }

    public bool Minus { get; set; }

    public bool Sharp { get; set; }

    public bool Space { get; set; }

    public bool Zero { get; set; }

    /// <summary>The least number of characters; negative: none is asked for.</summary>
    public int Width { get; set; }

    /// <summary>Negative: none is asked for.</summary>
    public int Precision { get; set; }

    public static FormatFlags None => new() { Width = -1, Precision = -1 };
}
