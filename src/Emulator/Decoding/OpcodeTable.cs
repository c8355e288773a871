using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;

namespace CogVideoX.Emulator.Decoding;

/// <summary>From opcode to the function that decodes it. A family of instructions is one line here.</summary>
internal static class OpcodeTable
{
    private static readonly Dictionary<string, Func<InstructionDecoder, Instruction>> All = Make();

    /// <summary>Opcodes of PTX (ISA 9.7, up to version 9.0) that aren't in the table.</summary>
    private static readonly HashSet<string> Uncovered =
    [
        "alloca", "clusterlaunchcontrol", "discard", "istypep", "multimem", "stackrestore", "stacksave", "suld", "suq", "sured", "sust",
        "tcgen05", "tex", "tld4", "txq",
    ];

    public static Instruction Decode(InstructionDecoder decoder)
    {
        if (!All.TryGetValue(decoder.Syntax.Opcode, out Func<InstructionDecoder, Instruction>? decode))
        {
            throw Uncovered.Contains(decoder.Syntax.Opcode)
                ? decoder.Unsupported("none of its kind is covered")
                : new PtxException(decoder.Syntax.Line, $"unknown instruction '{decoder.Syntax.Opcode}'");
        }
        return decoder.Finish(decode(decoder));
    }

    private static Dictionary<string, Func<InstructionDecoder, Instruction>> Make()
    {
        var all = new Dictionary<string, Func<InstructionDecoder, Instruction>>();
        IntegerOpcodes.AddTo(all);
        FloatOpcodes.AddTo(all);
        LogicOpcodes.AddTo(all);
        CompareOpcodes.AddTo(all);
        ConvertOpcodes.AddTo(all);
        MemoryOpcodes.AddTo(all);
        AtomicOpcodes.AddTo(all);
        VideoOpcodes.AddTo(all);
        ControlOpcodes.AddTo(all);
        WarpOpcodes.AddTo(all);
        BarrierOpcodes.AddTo(all);
        MatrixOpcodes.AddTo(all);
        WmmaOpcodes.AddTo(all);
        AsyncOpcodes.AddTo(all);
        TensorMapOpcodes.AddTo(all);
        return all;
    }
}
