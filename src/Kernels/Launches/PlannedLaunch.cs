namespace CogVideoX.Kernels.Launches;

/// <summary>A launch of a kernel on a card, as it would be.</summary>
/// <param name="Operation">The operation that it belongs to.</param>
/// <param name="Kernel">The kernel, with what it is made for.</param>
/// <param name="Grid">Blocks in x, y and z.</param>
/// <param name="Threads">Of a block.</param>
/// <param name="SharedBytes">Of dynamic shared memory, in a block.</param>
/// <param name="Sizes">Those of the operation: <c>rows 35552 outputs 1920 inputs 1920</c>.</param>
/// <param name="Fused">What the operation does beside what it is named for: <c>bias, gelu</c>; empty for nothing.</param>
/// <param name="Flops">Floating-point operations of the whole operation; 0 for its launches behind the first.</param>
/// <param name="Bytes">Of its operands and its result, each once; 0 for its launches behind the first.</param>
internal sealed record PlannedLaunch(
    string Operation, string Kernel, (int X, int Y, int Z) Grid, int Threads, int SharedBytes, string Sizes, string Fused, double Flops,
    long Bytes);
