using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway;

/// <summary>
/// Everything about a push but its values, learned from one push and used for the next of the same group and the same lines: the group, the
/// label sets, the families in order, and that nothing is wrong with them. It is what reading and preparing the same body would give, and
/// depends on nothing else, so it never gets old. Immutable; thread-safe.
/// </summary>
public sealed class PushForm
{
    private readonly BodyForm _body;
    private readonly MetricFamily[] _families;
    private readonly int[] _slots;
    private readonly ulong[] _clockKeys;

    private PushForm(BodyForm body, Labels grouping, MetricFamily[] families, int[] slots, ulong[] clockKeys)
    {
        _body = body;
        Grouping = grouping;
        _families = families;
        _slots = slots;
        _clockKeys = clockKeys;
    }

    /// <summary>The group.</summary>
    public Labels Grouping { get; }

    internal BodyForm Body => _body;

    /// <summary>Reads a body of this form: its values, as <see cref="PushGateway.PushAsync(PushForm, PushVerb, double[], PushClient?)"/> takes
    /// them; false where the body has another form.</summary>
    public bool TryRead(ReadOnlySpan<byte> body, out double[] values)
    {
        values = new double[_slots.Length];
        if (_body.TryRead(body, values))
        {
            Arrange(values);
            return true;
        }

        return false;
    }

    /// <summary>The form of a body that was prepared; null where the push is not of the plain kind, or anything is wrong with it.</summary>
    internal static PushForm? Of(IReadOnlyList<MetricFamily> read, ReadOnlySpan<byte> body, PreparedPush push, Func<BodyForm, BodyForm> share)
    {
        var metrics = 0;
        foreach (var family in push.Families)
        {
            if (family.Metrics is not PlainMetrics)
            {
                return null;
            }

            metrics += family.Metrics.Count;
        }

        // Lines that the gateway leaves out (its own push times) are left to the reader.
        if (push.Faults is not null || metrics != read.Sum(static f => f.Metrics.Count) || BodyForm.Learn(body, read) is not { } form)
        {
            return null;
        }

        var slots = new int[metrics];
        var next = 0;
        foreach (var family in read)
        {
            var at = 0;
            foreach (var prepared in push.Families.TakeWhile(f => f.Name != family.Name))
            {
                at += prepared.Metrics.Count;
            }

            for (var i = 0; i < family.Metrics.Count; i++)
            {
                slots[next++] = at + i;
            }
        }

        return new PushForm(share(form), push.Grouping, push.Families, slots, push.ClockKeys);
    }

    /// <summary>The push with these values.</summary>
    internal PreparedPush Fill(PushVerb verb, double[] values, long receivedUnixNano, PushClient? client = null)
    {
        var families = new MetricFamily[_families.Length];
        var at = 0;
        for (var i = 0; i < families.Length; i++)
        {
            var family = _families[i];
            var plain = (PlainMetrics)family.Metrics;
            families[i] = new MetricFamily
            {
                Name = family.Name,
                Help = family.Help,
                Type = family.Type,
                Unit = family.Unit,
                Metrics = new PlainMetrics(plain.Labels, plain.Payload, values, at),
            };
            at += plain.Count;
        }

        return new PreparedPush
        {
            Verb = verb,
            Grouping = Grouping,
            ReceivedUnixNano = receivedUnixNano,
            Families = families,
            ClockKeys = _clockKeys,
            Client = client,
        };
    }

    /// <summary>From the order of the lines into that of the families.</summary>
    private void Arrange(double[] values)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (_slots[i] != i)
            {
                var arranged = new double[values.Length];
                for (var j = 0; j < values.Length; j++)
                {
                    arranged[_slots[j]] = values[j];
                }

                arranged.CopyTo(values.AsSpan());
                return;
            }
        }
    }
}
