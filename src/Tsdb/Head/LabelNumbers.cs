using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Tallygate.Model;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Numbers for the labels that a head snapshot writes, in the order in which they come. Strings are told apart by being the same object,
/// which is quick, and nearly always as good: the head shares them. A label that gets two numbers costs its bytes twice.
/// </summary>
internal sealed class LabelNumbers : IEqualityComparer<Label>
{
    private readonly Dictionary<Label, int> _numbers;
    private readonly List<Label> _fresh = [];

    public LabelNumbers() => _numbers = new Dictionary<Label, int>(this);

    /// <summary>The labels that got their numbers since the last <see cref="Forget"/>.</summary>
    public IReadOnlyList<Label> Fresh => _fresh;

    public int Of(in Label label)
    {
        if (!_numbers.TryGetValue(label, out var number))
        {
            _numbers.Add(label, number = _numbers.Count);
            _fresh.Add(label);
        }

        return number;
    }

    /// <summary>The fresh labels were written.</summary>
    public void Forget() => _fresh.Clear();

    bool IEqualityComparer<Label>.Equals(Label x, Label y) => ReferenceEquals(x.Name, y.Name) && ReferenceEquals(x.Value, y.Value);

    int IEqualityComparer<Label>.GetHashCode([DisallowNull] Label label) =>
        HashCode.Combine(RuntimeHelpers.GetHashCode(label.Name), RuntimeHelpers.GetHashCode(label.Value));
}
