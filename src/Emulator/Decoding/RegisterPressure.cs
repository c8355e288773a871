using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>
/// Most 32-bit registers that an entry holds at once, by liveness of what the text writes and reads. No allocation can need fewer
/// without spilling; ptxas needs a few more for itself. Parameters count nothing: they lie in a bank of constants, which instructions read.
/// </summary>
internal sealed class RegisterPressure
{
    private readonly IReadOnlyList<PtxInstruction> code;
    private readonly (List<PtxRegister> Reads, List<PtxRegister> Writes)[] uses;

    private RegisterPressure(PtxFunction function)
    {
        code = function.Instructions;
        uses = [.. code.Select(Uses)];
    }

    /// <summary>The largest number, and the line where it is reached.</summary>
    public static (int Registers, int Line) Of(PtxFunction function)
    {
        var pressure = new RegisterPressure(function);
        HashSet<PtxRegister>[] alive = Alive(function, pressure.uses, r => r, _ => true);
        HashSet<PtxRegister> parameters = pressure.Parameters();
        int most = 0, line = function.Line;
        for (int i = 0; i < pressure.code.Count; i++)
        {
            int count = alive[i].Where(r => !parameters.Contains(r)).Sum(Words);
            if (count > most)
                (most, line) = (count, pressure.code[i].Line);
        }
        return (most, line);
    }

    /// <summary>32-bit registers that it takes; predicates have their own.</summary>
    public static int Words(PtxRegister register) => (register.Type.Bytes() + 3) / 4;

    /// <summary>Where control goes from an instruction.</summary>
    public static IEnumerable<int> Successors(PtxFunction function, int at)
    {
        PtxInstruction instruction = function.Instructions[at];
        bool falls = instruction.Guard is not null;
        IEnumerable<int> targets = [];
        switch (instruction.Opcode)
        {
            case "bra": targets = [instruction.Scope.FindLabel(instruction.Operands[0].Name) ?? at + 1]; break;
            case "brx":
                List<string> labels = instruction.Scope.FindBranchTargets(instruction.Operands[1].Name) ?? [];
                targets = labels.Select(l => instruction.Scope.FindLabel(l) ?? at + 1);
                break;
            case "ret" or "exit" or "trap": break;
            default: falls = true; break;
        }
        return (falls ? targets.Append(at + 1) : targets).Where(t => t < function.Instructions.Count);
    }

    /// <summary>For each instruction, what is alive before it.</summary>
    /// <param name="uses">what each instruction reads and writes</param>
    /// <param name="root">the register that stands for one that is read</param>
    /// <param name="counts">whether a register that is written stands for itself</param>
    public static HashSet<PtxRegister>[] Alive(PtxFunction function, (List<PtxRegister> Reads, List<PtxRegister> Writes)[] uses,
        Func<PtxRegister, PtxRegister> root, Func<PtxRegister, bool> counts)
    {
        HashSet<PtxRegister>[] alive = [.. uses.Select(_ => new HashSet<PtxRegister>())];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = uses.Length - 1; i >= 0; i--)
            {
                int before = alive[i].Count;
                foreach (int next in Successors(function, i))
                    alive[i].UnionWith(alive[next]);
                // what a guard may leave as it is stays alive
                if (function.Instructions[i].Guard is null)
                    alive[i].ExceptWith(uses[i].Writes.Where(counts));
                alive[i].UnionWith(uses[i].Reads.Select(root));
                changed |= alive[i].Count != before;
            }
        }
        return alive;
    }

    /// <summary>What is a parameter's value, or its address in .global, and nothing else anywhere.</summary>
    private HashSet<PtxRegister> Parameters()
    {
        HashSet<PtxRegister> parameters = [], others = [];
        for (int i = 0; i < code.Count; i++)
        {
            PtxInstruction instruction = code[i];
            (List<PtxRegister> reads, List<PtxRegister> writes) = uses[i];
            bool isParameter = instruction.Guard is null
                && (instruction is { Opcode: "ld", Suffixes: ["param", ..] } ? reads.Count == 0
                    : instruction.Opcode == "cvta" && reads.TrueForAll(parameters.Contains));
            (isParameter ? parameters : others).UnionWith(writes);
        }
        parameters.ExceptWith(others);
        return parameters;
    }

    /// <summary>Registers that an instruction reads and writes; the accumulators of wgmma are read.</summary>
    public static (List<PtxRegister> Reads, List<PtxRegister> Writes) Uses(PtxInstruction instruction)
    {
        List<PtxRegister> reads = [], writes = [];
        if (instruction.Guard is { } guard)
            reads.Add(guard);
        bool writesFirst = instruction.Opcode is not ("st" or "red" or "bra" or "brx" or "bar" or "barrier" or "cp" or "stmatrix" or "wgmma"
            or "call");
        for (int i = 0; i < instruction.Operands.Count; i++)
            Collect(instruction.Operands[i], writesFirst && i == 0 && instruction.Operands[i].Kind != OperandKind.Address ? writes : reads);
        return (reads, writes);
    }

    private static void Collect(PtxOperand operand, List<PtxRegister> to)
    {
        if (operand.Register is { } register)
            to.Add(register);
        foreach (PtxOperand part in operand.Parts)
            Collect(part, to);
    }
}
