namespace Tallygate.Client.Spool;

/// <summary>What a round of delivery did.</summary>
public sealed class DeliveryReport
{
    /// <summary>What came of each push that was tried, in the order of the attempts, with its file's name.</summary>
    public List<(SpoolEntry Entry, SendResult Result)> Attempts { get; } = [];

    /// <summary>Files that could not be read, with the reason and where they are now; those of a newer program are where they were.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>How many pushes still wait.</summary>
    public int Waiting { get; internal set; }

    /// <summary>Whether another process was delivering all the while.</summary>
    public bool Busy { get; internal set; }

    /// <summary>How many pushes arrived.</summary>
    public int Delivered => Attempts.Count(static a => a.Result.Outcome == SendOutcome.Delivered);

    /// <summary>What came of one push, if it was tried.</summary>
    public SendResult? Of(SpoolEntry entry)
    {
        foreach (var (tried, result) in Attempts)
        {
            if (tried.Name == entry.Name)
            {
                return result;
            }
        }

        return null;
    }
}
