using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Tensor;

/// <summary>movmatrix (PTX ISA 9.7.14.5.17): transposes an 8×8 matrix of 16-bit elements that the warp holds, two a lane.</summary>
internal sealed unsafe class MatrixTranspose(int d, int a) : Instruction
{
    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "movmatrix"))
            return;
        if (warp.Live != ~0u)
            throw new FaultException(FaultKind.Divergent, "movmatrix needs all 32 lanes");
        Span<ushort> elements = stackalloc ushort[64];
        new ReadOnlySpan<ushort>(warp.Slot<ushort>(a), 64).CopyTo(elements);
        ushort* to = warp.Slot<ushort>(d);
        for (int i = 0; i < 64; i++)
            to[i] = elements[i % 8 * 8 + i / 8];
    }
}
