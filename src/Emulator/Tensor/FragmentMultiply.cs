using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Tensor;

/// <summary>mma of double precision, of fewer than 8 bits, and of 8 rows (PTX ISA 9.7.14.5, fragments of .m8n8k* and .m16n8k*).</summary>
internal sealed unsafe class FragmentMultiply(MatrixTypes types, int rows, int depth, int[] d, int[] a, int[] b, int[] c) : Instruction
{
    private const int Columns = 8;

    private readonly WholeProduct product = new(types, rows, Columns, depth);
    private readonly int bitsOfA = types.A.MatrixBits();
    private readonly int bitsOfB = types.B.MatrixBits();
    private readonly ulong[] results = new ulong[d.Length * Warp.Lanes];

    /// <summary>Elements of A or B in a register, and the registers side by side in K.</summary>
    private readonly int perRegister = types.IsDouble ? 1 : 32 / types.A.MatrixBits();

    public override long TensorWork => 2L * rows * Columns * depth * bitsOfA / 16;

    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "mma.sync"))
            return;
        if (warp.Live != ~0u)
            throw new FaultException(FaultKind.Divergent, "mma.sync needs all 32 lanes");
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        for (int lane = 0; lane < Warp.Lanes; lane++)
            Gather(warp, lane);
        for (int i = 0; i < results.Length; i++)
        {
            int lane = i % Warp.Lanes, register = i / Warp.Lanes;
            results[i] = product.Element(
                Fragment.RowOfC(lane, register), Fragment.ColumnOfC(lane, register), Read(warp, c[register], lane),
                    warp.Cta.Launch.MatrixRule);
        }
        for (int i = 0; i < results.Length; i++)
        {
            if (types.IsDouble)
                warp.Slot<ulong>(d[i / Warp.Lanes])[i % Warp.Lanes] = results[i];
            else
                warp.Slot<uint>(d[i / Warp.Lanes])[i % Warp.Lanes] = (uint)results[i];
        }
    }

    private void Gather(Warp warp, int lane)
    {
        int registersInRow = rows / 8;
        for (int register = 0; register < a.Length; register++)
        {
            for (int e = 0; e < perRegister; e++)
            {
                product.SetA(registersInRow == 1 ? lane >> 2 : Fragment.RowOfA(lane, register), Fragment.KOf(lane,
                    register / registersInRow, e, perRegister),
                    Part(Read(warp, a[register], lane), e, bitsOfA));
            }
        }
        for (int register = 0; register < b.Length; register++)
        {
            for (int e = 0; e < perRegister; e++)
                product.SetB(Fragment.KOf(lane, register, e, perRegister), lane >> 2, Part(Read(warp, b[register], lane), e, bitsOfB));
        }
    }

    private ulong Read(Warp warp, int slot, int lane) => types.IsDouble ? warp.Slot<ulong>(slot)[lane] : warp.Slot<uint>(slot)[lane];

    private static ulong Part(ulong word, int element, int bits) => bits == 64 ? word : word >> element * bits & (1UL << bits) - 1;
}
