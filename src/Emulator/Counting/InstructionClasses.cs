using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>The class of an instruction, by its opcode and type.</summary>
internal static class InstructionClasses
{
    private static readonly Dictionary<string, InstructionClass> ByOpcode = Make();

    private static readonly HashSet<string> SpecialFunctions = ["ex2", "lg2", "rcp", "rsqrt", "sqrt", "sin", "cos", "tanh", "div"];

    /// <summary>Whether a special function unit does it, or begins it; of those that take more, the rest isn't counted.</summary>
    public static bool IsSpecialFunction(Instruction instruction) =>
        SpecialFunctions.Contains(instruction.Syntax.Opcode) && Of(instruction) == InstructionClass.Float;

    public static InstructionClass Of(Instruction instruction)
    {
        PtxInstruction syntax = instruction.Syntax;
        if (instruction.Class != InstructionClass.Integer)
            return instruction.Class;
        if (ByOpcode.TryGetValue(syntax.Opcode, out InstructionClass kind))
            return kind;
        bool floating = syntax.Suffixes.Any(
            s => PtxTypes.TryParse(s, out PtxType type) && (type.IsFloat() || type is PtxType.F16x2 or PtxType.BF16x2));
        return floating ? InstructionClass.Float : InstructionClass.Integer;
    }

    private static Dictionary<string, InstructionClass> Make()
    {
        var all = new Dictionary<string, InstructionClass>();
        Add(InstructionClass.Move, "mov", "selp", "slct", "prmt");
        Add(InstructionClass.Convert, "cvt", "cvta");
        Add(InstructionClass.Predicate, "setp", "set");
        Add(InstructionClass.Memory, "ld", "ldu", "st");
        Add(InstructionClass.Atomic, "atom", "red");
        Add(InstructionClass.Warp, "shfl", "vote", "match", "redux", "activemask", "elect");
        Add(
            InstructionClass.Other, "fence", "membar", "setmaxnreg", "nanosleep", "trap", "mapa", "getctarank", "prefetch",
            "griddepcontrol");
        return all;

        void Add(InstructionClass kind, params string[] opcodes)
        {
            foreach (string opcode in opcodes)
                all[opcode] = kind;
        }
    }
}
