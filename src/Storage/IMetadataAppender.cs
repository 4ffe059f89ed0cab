using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>Port: what a batch says of metric families. Good as long as the <see cref="IAppender"/> that gave it.</summary>
public interface IMetadataAppender
{
    /// <summary>Notes what is said of a family, in place of what was said before; the store keeps it as durably as samples.</summary>
    void Note(FamilyDescription family);
}
