namespace Tallygate.Client;

/// <summary>What a push does to its group.</summary>
public enum PushMethod
{
    /// <summary>The push becomes the whole group.</summary>
    Put,

    /// <summary>Families of the push take the place of those of the same name; the others stay.</summary>
    Post,

    /// <summary>The group goes; there is no body.</summary>
    Delete,
}
