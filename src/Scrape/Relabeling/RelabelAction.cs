namespace Tallygate.Scrape.Relabeling;

/// <summary>What a relabeling step does; the words of the configuration are these in lower case.</summary>
public enum RelabelAction
{
    /// <summary>Sets the target label to the replacement where the regular expression matches the source.</summary>
    Replace,

    /// <summary>Drops what does not match.</summary>
    Keep,

    /// <summary>Drops what matches.</summary>
    Drop,

    /// <summary>Drops what has not the source in the target label.</summary>
    KeepEqual,

    /// <summary>Drops what has the source in the target label.</summary>
    DropEqual,

    /// <summary>Sets the target label to a hash of the source, modulo a number.</summary>
    HashMod,

    /// <summary>Copies the labels whose names match to names made by the replacement.</summary>
    LabelMap,

    /// <summary>Takes away the labels whose names match.</summary>
    LabelDrop,

    /// <summary>Takes away the labels whose names do not match.</summary>
    LabelKeep,

    /// <summary>Sets the target label to the source in lower case.</summary>
    Lowercase,

    /// <summary>Sets the target label to the source in upper case.</summary>
    Uppercase,
}
