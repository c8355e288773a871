using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Execution;

/// <summary>A kernel with the functions that it calls, decoded for one launch.</summary>
internal sealed class KernelCode
{
    public required PtxFunction Function { get; init; }

    /// <summary>The kernel's function and all that it calls.</summary>
    public List<PtxFunction> Functions { get; } = [];

    public List<Instruction> Instructions { get; } = [];

    /// <summary>
    /// Instructions of which the decoder can't tell whether ptxas takes them, and why; those that can't be run among them.
    /// </summary>
    public List<(PtxInstruction Instruction, string Reason)> Doubts { get; } = [];

    public int Entry { get; set; }

    public int SlotCount { get; set; } = 1;

    public FrameLayout Frame { get; } = new();

    /// <summary>Slots that hold a constant in every lane: bits and bytes a lane (0 for a predicate).</summary>
    public List<(int Slot, ulong Bits, int Bytes)> Constants { get; } = [];

    /// <summary>Slots that hold a special register which doesn't change while a thread runs.</summary>
    public List<(int Slot, SpecialRegister Register)> Specials { get; } = [];

    /// <summary>Index of the instruction where the sides of a branch meet, or -1.</summary>
    public int[] Joins { get; set; } = [];

    /// <summary>For wgmma's register rules: whether the kernel uses it at all.</summary>
    public bool UsesWgmma { get; set; }
}
