using Tallygate.Model;

namespace Tallygate.Gateway.Persistence;

/// <summary>A group as a Pushgateway kept it, the two push-time families among its families.</summary>
internal sealed record StateGroup(Labels Key, IReadOnlyList<StateFamily> Families);
