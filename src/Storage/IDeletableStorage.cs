using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>Port: a store that gives samples up again. Thread-safe.</summary>
public interface IDeletableStorage
{
    /// <summary>Hides the samples that were committed before, at once and durably; what is committed later stands whatever its time.</summary>
    /// <param name="minTime">The first time, Unix ms.</param>
    /// <param name="maxTime">The last time, Unix ms.</param>
    /// <param name="matchers">Which series; none: all.</param>
    /// <exception cref="IOException">It could not be made durable; it may be done in part, and can be asked for again.</exception>
    void Delete(long minTime, long maxTime, IReadOnlyList<LabelMatcher> matchers);
}
