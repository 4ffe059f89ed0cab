namespace Tallygate.Lab;

/// <summary>How the two rules of the recipe stand in their file.</summary>
internal enum RecipeForm
{
    /// <summary>As printed.</summary>
    Printed,

    /// <summary>In the other order.</summary>
    Reversed,

    /// <summary>Each in a group of its own, whose moment is another.</summary>
    Apart,

    /// <summary>As printed, on a scrape that does not honor the labels of what it scrapes: the job is the gateway's.</summary>
    Unhonored,

    /// <summary>With matching by the grouping labels alone, for metrics with labels of their own.</summary>
    Repaired,
}
