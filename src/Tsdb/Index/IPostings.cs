namespace Tallygate.Tsdb.Index;

/// <summary>Which series have which labels: in memory for the head, in a file for a block. Thread-safe.</summary>
internal interface IPostings
{
    /// <summary>Every series.</summary>
    PostingList All { get; }

    /// <summary>The series that have this label with this value, or null.</summary>
    PostingList? Find(string name, string value);

    /// <summary>How many values a label has.</summary>
    int ValueCount(string name);

    /// <summary>The lists of those values of a label that are wanted.</summary>
    List<PostingList> Lists(string name, Func<string, bool> wanted);
}
