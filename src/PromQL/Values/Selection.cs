namespace Tallygate.PromQL.Values;

/// <summary>Finds numbers by their rank without sorting all of them.</summary>
internal static class Selection
{
    private const int Few = 16;

    /// <summary>
    /// Moves the number of rank <paramref name="rank"/> (0: the smallest) to its place; smaller or equal ones stand before it, larger or equal
    /// ones behind it. There must be no NaN.
    /// </summary>
    public static double Place(Span<double> values, int rank)
    {
        var (low, high) = (0, values.Length - 1);
        while (high - low > Few)
        {
            // The median of three keeps sorted windows from being the worst case.
            var pivot = Median(values[low], values[(low + high) >>> 1], values[high]);
            var (left, right) = (low, high);
            while (left <= right)
            {
                while (values[left] < pivot)
                {
                    left++;
                }

                while (values[right] > pivot)
                {
                    right--;
                }

                if (left <= right)
                {
                    (values[left], values[right]) = (values[right], values[left]);
                    left++;
                    right--;
                }
            }

            if (rank <= right)
            {
                high = right;
            }
            else if (rank >= left)
            {
                low = left;
            }
            else
            {
                return values[rank];
            }
        }

        for (var i = low + 1; i <= high; i++)
        {
            var value = values[i];
            var j = i;
            for (; j > low && values[j - 1] > value; j--)
            {
                values[j] = values[j - 1];
            }

            values[j] = value;
        }

        return values[rank];
    }

    /// <summary>The smallest of the numbers.</summary>
    public static double Least(ReadOnlySpan<double> values)
    {
        var least = values[0];
        foreach (var value in values)
        {
            least = value < least ? value : least;
        }

        return least;
    }

    private static double Median(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
