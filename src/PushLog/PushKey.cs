namespace Tallygate.PushLog;

/// <summary>An idempotency key as it is kept.</summary>
/// <param name="Hash">Stands for the group and the key.</param>
/// <param name="Body">Stands for what was pushed under it: verb, run and metrics, in whatever encoding they came.</param>
public readonly record struct PushKey(UInt128 Hash, ulong Body);
