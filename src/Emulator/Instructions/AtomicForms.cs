using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>
/// Which operations atom and red have for which types, vectors and state spaces (PTX ISA 9.7.13.5–6), as ptxas 13 takes them.
/// </summary>
internal static class AtomicForms
{
    private static readonly PtxType[] Halves = [PtxType.F16, PtxType.F16x2, PtxType.BF16, PtxType.BF16x2];

    private static readonly Dictionary<string, PtxType[]> Types = new()
    {
        ["add"] = [PtxType.U32, PtxType.S32, PtxType.U64, PtxType.F32, PtxType.F64, .. Halves],
        ["min"] = [PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64, .. Halves],
        ["max"] = [PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64, .. Halves],
        ["and"] = [PtxType.B32, PtxType.B64],
        ["or"] = [PtxType.B32, PtxType.B64],
        ["xor"] = [PtxType.B32, PtxType.B64],
        ["inc"] = [PtxType.U32],
        ["dec"] = [PtxType.U32],
        ["exch"] = [PtxType.B32, PtxType.B64, PtxType.B128],
        ["cas"] = [PtxType.B16, PtxType.B32, PtxType.B64, PtxType.B128],
    };

    public static void Check(InstructionDecoder d, string operation, PtxType type, int count, StateSpace space, bool noFlush,
        bool hasResult)
    {
        string name = d.Syntax.Opcode;
        if (!hasResult && operation is "exch" or "cas")
            throw d.Error($"red has no .{operation}");
        PtxType[] types = Types[operation];
        if (!types.Contains(type))
            throw d.Error($"{name}.{operation} has no {type.Text()}, it takes {string.Join(" ", types.Select(t => t.Text()))}");
        bool half = Halves.Contains(type);
        if (half != noFlush)
            throw d.Error(half ? $"{name} of {type.Text()} wants .noftz" : $".noftz doesn't belong to {type.Text()}");
        if (count == 1)
        {
            if (half && operation != "add")
                throw d.Error($"{name}.{operation} of {type.Text()} only works on vectors: .v2, .v4, .v8");
            return;
        }
        if (space is not (StateSpace.Global or StateSpace.Generic))
            throw d.Error("atomics of vectors work on global memory");
        int most = type is PtxType.F16 or PtxType.BF16 ? 8 : 4;
        if ((!half && (type != PtxType.F32 || operation != "add")) || count > most)
            throw d.Error($"{name}.{operation} has no .v{count} of {type.Text()}");
    }
}
