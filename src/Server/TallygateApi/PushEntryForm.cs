namespace Tallygate.Server.TallygateApi;

/// <summary>How entries of the push log are written, one after the other.</summary>
public enum PushEntryForm
{
    /// <summary>One JSON object a line.</summary>
    Ndjson,

    /// <summary>Comma-separated values with a heading: a line for each sample of an entry, one for an entry without samples.</summary>
    Csv,

    /// <summary>One line an entry, for people.</summary>
    Text,
}
