namespace Tallygate.PromQL.Scripts;

/// <summary>What is expected of one kind of annotation.</summary>
internal sealed class AnnotationExpectation
{
    private readonly string _kind;

    public AnnotationExpectation(string kind) => _kind = kind;

    /// <summary>Texts that must come; with any of them, no others may.</summary>
    public List<TextExpectation> Expected { get; } = [];

    /// <summary>Whether there must be none.</summary>
    public bool None { get; set; }

    /// <summary>What is wrong, or null.</summary>
    public string? Check(IReadOnlyList<string> found)
    {
        if (None && found.Count > 0)
        {
            return $"unexpected {_kind} annotations: {string.Join("; ", found)}";
        }

        if (Expected.Count == 0)
        {
            return null;
        }

        foreach (var expectation in Expected)
        {
            if (!found.Any(expectation.IsMetBy))
            {
                return $"expected {_kind} annotation with {expectation}, found: {string.Join("; ", found)}";
            }
        }

        foreach (var text in found)
        {
            if (!Expected.Exists(expectation => expectation.IsMetBy(text)))
            {
                return $"unexpected {_kind} annotation: {text}";
            }
        }

        return null;
    }
}
