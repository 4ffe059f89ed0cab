namespace Tallygate.Wal.Simulation;

/// <summary>The simulated process died: every file operation from now on throws this, until <see cref="SimulatedFileSystem.Restart"/>.</summary>
public sealed class SimulatedCrashException() : Exception("the simulated process died");
