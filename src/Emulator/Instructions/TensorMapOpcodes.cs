using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>tensormap.replace and tensormap.cp_fenceproxy (PTX ISA 9.7.9.28–29).</summary>
internal static class TensorMapOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all) =>
        all["tensormap"] = d => d.Need("replace", "cp_fenceproxy") == "replace" ? Replace(d) : Copy(d);

    private static TensorMapReplace Replace(InstructionDecoder d)
    {
        d.Need("tile");
        string field = d.Need("global_address", "rank", "box_dim", "global_dim", "global_stride", "element_stride",
            "elemtype", "interleave_layout", "swizzle_mode", "swizzle_atomicity", "fill_mode");
        StateSpace space = d.OneOf("global",
            "shared::cta") switch
        { "global" => StateSpace.Global, "shared::cta" => StateSpace.Shared, _ => StateSpace.Generic };
        d.Need("b1024");
        PtxType type = d.Type(field is "global_address" or "global_stride" ? PtxType.B64 : PtxType.B32);
        bool isIndexed = field is "box_dim" or "global_dim" or "global_stride" or "element_stride";
        d.Count(isIndexed ? 3 : 2);
        long index = isIndexed ? d.Immediate(1) : 0, most = field == "global_stride" ? 3 : 4;
        if (index < 0 || index > most)
            throw d.Error($"{field} {index} isn't between 0 and {most}");
        if (field is "elemtype" or "interleave_layout" or "swizzle_mode" or "swizzle_atomicity" or "fill_mode")
        {
            CheckChoice(d, field,
            d.Immediate(1));
        }
        LaneSlot value = new(d.Source(isIndexed ? 2 : 1, type), type.Bytes());
        return new TensorMapReplace(space, d.Address(d.Operand(0), space), field, (int)index, value) { Class = InstructionClass.AsyncCopy };
    }

    private static void CheckChoice(InstructionDecoder d, string field, long value)
    {
        int most = field switch { "elemtype" => 15, "interleave_layout" => 2, "swizzle_mode" => 4, "swizzle_atomicity" => 3, _ => 1 };
        if (value < 0 || value > most)
            throw d.Error($"{field} takes 0 to {most}");
    }

    private static TensorMapCopy Copy(InstructionDecoder d)
    {
        d.Need("global");
        d.Need("shared::cta");
        d.Need("tensormap::generic");
        d.Need("release");
        if (MemoryOpcodes.ScopeOf(d) == Checking.Scope.Weak)
            throw d.Error("a scope is missing");
        d.Need("sync");
        d.Need("aligned");
        d.Count(3);
        if (d.Immediate(2) != TensorMapObject.Bytes)
            throw d.Error($"a tensor map has {TensorMapObject.Bytes} bytes");
        return new TensorMapCopy(
            d.Address(d.Operand(0), Syntax.StateSpace.Global), d.Address(d.Operand(1), Syntax.StateSpace.Shared))
        { Class = InstructionClass.AsyncCopy };
    }
}
