namespace Tallygate.Tsdb.Blocks;

/// <summary>What Tallygate's own blocks say of their files, so that damage can be told from data.</summary>
/// <param name="Files">Each file's name below the block, its length, and the CRC-32C of all of it.</param>
/// <param name="Head">Set on blocks that the head was cut into, and on those that were made of them.</param>
internal sealed record BlockSeal(IReadOnlyList<(string Name, long Length, uint Crc)> Files, HeadMark? Head);
