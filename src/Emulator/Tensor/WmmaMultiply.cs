using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Tensor;

/// <summary>wmma.mma (PTX ISA 9.7.14.4.5).</summary>
internal sealed unsafe class WmmaMultiply(WmmaShape shape, MatrixTypes types, WmmaFragment d, WmmaFragment a, WmmaFragment b,
    WmmaFragment c) : Instruction(marksDestinations: true)
{
    private readonly WholeProduct product = new(types, shape.M, shape.N, shape.K);
    private readonly ulong[] results = new ulong[shape.M * shape.N];

    public override long TensorWork => 2L * shape.M * shape.N * shape.K * types.A.MatrixBits() / 16;

    public override bool MayCarry(int slot) => slot != Guard;

    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "wmma.mma"))
            return;
        if (warp.Live != ~0u)
            throw new FaultException(FaultKind.Divergent, "wmma.mma needs all 32 lanes");
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        Unwritten[]? missing = Missing(warp);
        for (int k = 0; k < shape.K; k++)
        {
            for (int row = 0; row < shape.M; row++)
                product.SetA(row, k, a.Read(warp, row, k));
            for (int column = 0; column < shape.N; column++)
                product.SetB(k, column, b.Read(warp, k, column));
        }
        for (int i = 0; i < results.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, shape.N);
            results[i] = product.Element(row, column, c.Read(warp, row, column), warp.Cta.Launch.MatrixRule);
        }
        for (int i = 0; i < results.Length; i++)
        {
            d.Write(warp, i / shape.N, i % shape.N, results[i]);
            if (missing is not null && missing[i].Any)
                d.Lack(i / shape.N, i % shape.N, missing[i].AsComputed());
        }
        d.Settle(warp);
    }

    /// <summary>
    /// What of D nobody wrote: rows whose A, columns whose B and elements whose C are unwritten; null if there is nothing.
    /// </summary>
    private Unwritten[]? Missing(Warp warp)
    {
        bool all = true;
        foreach (int slot in Sources)
            all &= warp.Ready[slot] == ~0u;
        if (all)
            return null;
        var rows = new Unwritten[shape.M];
        var columns = new Unwritten[shape.N];
        for (int k = 0; k < shape.K; k++)
        {
            for (int row = 0; row < shape.M; row++)
                rows[row] = rows[row].Join(a.Missing(warp, row, k));
            for (int column = 0; column < shape.N; column++)
                columns[column] = columns[column].Join(b.Missing(warp, k, column));
        }
        var missing = new Unwritten[shape.M * shape.N];
        for (int i = 0; i < missing.Length; i++)
            missing[i] = rows[i / shape.N].Join(columns[i % shape.N]).Join(c.Missing(warp, i / shape.N, i % shape.N));
        return missing;
    }
}
