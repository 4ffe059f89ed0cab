using Tallygate.Model;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tsdb.Index;

/// <summary>
/// Finds the series that fulfil matchers. A condition that a missing label fulfils takes away the series that break it; any other one
/// keeps those that fulfil it. Patterns are tried on the distinct values of their label, or on the series left, whichever are fewer.
/// </summary>
internal static class PostingsQuery
{
    /// <param name="postings">The index.</param>
    /// <param name="matchers">The conditions, all of which must hold; none: all series.</param>
    /// <param name="labelsOf">The labels of a series, or null where it is gone.</param>
    /// <param name="progress">Told of values and series that were looked at; what it throws comes out.</param>
    /// <returns>The ids, ascending.</returns>
    public static ReadOnlyMemory<int> Resolve(
        IPostings postings, IReadOnlyList<LabelMatcher> matchers, Func<int, Labels?> labelsOf, Action<int>? progress = null)
    {
        int[]? found = null;
        var count = 0;
        var rest = new List<LabelMatcher>();
        foreach (var matcher in matchers)
        {
            if (matcher.Type == MatchType.Equal && matcher.Value.Length > 0)
            {
                Keep(ref found, ref count, postings.Find(matcher.Name, matcher.Value) is { } list ? list.Ids : []);
            }
            else
            {
                rest.Add(matcher);
            }
        }

        // Conditions that keep come first: there is less to take away from then.
        foreach (var matcher in rest.OrderBy(static m => m.MatchesEmpty))
        {
            if (found is not null && count == 0)
            {
                break;
            }

            if (found is not null && count < postings.ValueCount(matcher.Name))
            {
                count = Filter(found.AsSpan(0, count), matcher, labelsOf, progress);
                continue;
            }

            var matchesEmpty = matcher.MatchesEmpty;
            if (matchesEmpty)
            {
                found ??= TakeAll(postings, out count);
                var taken = Union(matcher, postings, matching: false, progress);
                count = SortedIds.Subtract(found.AsSpan(0, count), taken, found);
            }
            else
            {
                Keep(ref found, ref count, Union(matcher, postings, matching: true, progress));
            }
        }

        found ??= TakeAll(postings, out count);
        return found.AsMemory(0, count);
    }

    private static int[] TakeAll(IPostings postings, out int count)
    {
        var all = postings.All.Ids.ToArray();
        count = all.Length;
        return all;
    }

    private static void Keep(ref int[]? found, ref int count, ReadOnlySpan<int> ids)
    {
        if (found is null)
        {
            found = ids.ToArray();
            count = found.Length;
        }
        else
        {
            count = SortedIds.Intersect(found.AsSpan(0, count), ids, found);
        }
    }

    private static int[] Union(LabelMatcher matcher, IPostings postings, bool matching, Action<int>? progress)
    {
        var lists = postings.Lists(matcher.Name, value =>
        {
            progress?.Invoke(1);
            return matcher.Matches(value) == matching;
        });
        return lists.Count == 0 ? [] : SortedIds.Union(lists);
    }

    private static int Filter(Span<int> ids, LabelMatcher matcher, Func<int, Labels?> labelsOf, Action<int>? progress)
    {
        var count = 0;
        foreach (var id in ids)
        {
            progress?.Invoke(1);
            if (labelsOf(id) is { } labels && matcher.Matches(labels))
            {
                ids[count++] = id;
            }
        }

        return count;
    }
}
