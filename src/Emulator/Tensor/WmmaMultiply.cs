using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Tensor;

/// <summary>wmma.mma (PTX ISA 9.7.14.4.5).</summary>
internal sealed class WmmaMultiply(WmmaShape shape, MatrixTypes types, WmmaFragment d, WmmaFragment a, WmmaFragment b, WmmaFragment c) : Instruction
{
    private readonly WholeProduct product = new(types, shape.M, shape.N, shape.K);
    private readonly ulong[] results = new ulong[shape.M * shape.N];

    public override void Execute(Warp warp)
    {
        warp.RequireWhole("wmma.mma");
        if (warp.Live != ~0u) throw new FaultException(FaultKind.Divergent, "wmma.mma needs all 32 lanes");
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        for (int k = 0; k < shape.K; k++)
        {
            for (int row = 0; row < shape.M; row++) product.SetA(row, k, a.Read(warp, row, k));
            for (int column = 0; column < shape.N; column++) product.SetB(k, column, b.Read(warp, k, column));
        }
        for (int i = 0; i < results.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, shape.N);
            results[i] = product.Element(row, column, c.Read(warp, row, column), warp.Cta.Launch.MatrixRule);
        }
        for (int i = 0; i < results.Length; i++) d.Write(warp, i / shape.N, i % shape.N, results[i]);
    }
}
