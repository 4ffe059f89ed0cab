namespace Tallygate.Gateway.Ingest;

/// <summary>
/// The forms of bodies that were seen: groups of one job push the same lines, so one form serves them all. Forgets by chance, never grows.
/// Thread-safe without locks.
/// </summary>
internal sealed class BodyForms
{
    private readonly BodyForm?[] _forms = new BodyForm?[1024];

    /// <summary>A form equal to <paramref name="form"/>, one that is shared already if there is one.</summary>
    public BodyForm Share(BodyForm form)
    {
        // A place holds what came last; racing threads lose at most a chance to share.
        ref var place = ref _forms[form.Hash() & (_forms.Length - 1)];
        if (place is { } known && known.Equals(form))
        {
            return known;
        }

        place = form;
        return form;
    }
}
