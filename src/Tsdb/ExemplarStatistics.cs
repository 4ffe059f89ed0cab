namespace Tallygate.Tsdb;

/// <summary>How many exemplars a database keeps.</summary>
/// <param name="Count">How many it has.</param>
/// <param name="Series">Of how many series.</param>
/// <param name="Capacity">The most that it keeps.</param>
/// <param name="OldestTime">The time of the one that goes next, Unix milliseconds; 0 where there is none.</param>
/// <param name="Appended">How many were taken since the start.</param>
/// <param name="OutOfOrder">How many were refused since the start because their series has a newer one.</param>
public readonly record struct ExemplarStatistics(int Count, int Series, int Capacity, long OldestTime, long Appended, long OutOfOrder);
