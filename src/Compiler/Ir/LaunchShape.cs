namespace CogVideoX.Compiler.Ir;

/// <summary>What a kernel fixes about its launches.</summary>
/// <param name="Block">threads of a CTA: x, y, z</param> <param name="Cluster">CTAs of a cluster, null without clusters</param>
/// <param name="MinimumCtas">CTAs that are to fit on a multiprocessor, zero for no demand</param>
/// <param name="MaximumRegisters">registers of a thread, zero for no demand</param>
internal sealed record LaunchShape(
    (int X, int Y, int Z) Block, (int X, int Y, int Z)? Cluster = null, int MinimumCtas = 0, int MaximumRegisters = 0);
