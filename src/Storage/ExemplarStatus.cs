namespace Tallygate.Storage;

/// <summary>What became of one exemplar. None of it concerns the samples of the batch.</summary>
public enum ExemplarStatus
{
    /// <summary>Taken.</summary>
    Appended,

    /// <summary>Left out: it is the series' newest one already.</summary>
    Duplicate,

    /// <summary>Left out: the series has a newer one.</summary>
    OutOfOrder,

    /// <summary>Left out: names and values of its labels have more than 128 characters together, or they are no labels.</summary>
    InvalidLabels,

    /// <summary>Left out: the store knows no such series.</summary>
    UnknownSeries,

    /// <summary>Left out: the store keeps none at present.</summary>
    NotKept,
}
