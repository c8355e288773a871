using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>
/// Most 32-bit registers that an entry holds at once, by liveness of what the text writes and reads. No allocation can need fewer
/// without spilling; ptxas needs a few more for itself. Parameters count nothing: they lie in a bank of constants, which instructions read.
/// </summary>
internal sealed class RegisterPressure
{
    private readonly IReadOnlyList<PtxInstruction> code;
    private readonly Func<int, IEnumerable<int>> successors;
    private readonly HashSet<PtxRegister>[] liveBefore;

    private RegisterPressure(PtxFunction function, Func<int, IEnumerable<int>> successors)
    {
        code = function.Instructions;
        this.successors = successors;
        liveBefore = [.. code.Select(_ => new HashSet<PtxRegister>())];
    }

    /// <summary>The largest number, and the line where it is reached.</summary>
    public static (int Registers, int Line) Of(PtxFunction function)
    {
        var pressure = new RegisterPressure(function, at => Successors(function, at));
        pressure.Solve();
        HashSet<PtxRegister> parameters = pressure.Parameters();
        int most = 0, line = function.Line;
        for (int i = 0; i < pressure.code.Count; i++)
        {
            int count = pressure.liveBefore[i].Where(r => !parameters.Contains(r)).Sum(r => (r.Type.Bytes() + 3) / 4);
            if (count > most)
                (most, line) = (count, pressure.code[i].Line);
        }
        return (most, line);
    }

    private static IEnumerable<int> Successors(PtxFunction function, int at)
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

    private void Solve()
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = code.Count - 1; i >= 0; i--)
            {
                int before = liveBefore[i].Count;
                foreach (int next in successors(i))
                    liveBefore[i].UnionWith(liveBefore[next]);
                (List<PtxRegister> reads, List<PtxRegister> writes) = Uses(code[i]);
                // what a guard may leave as it is stays alive
                if (code[i].Guard is null)
                    liveBefore[i].ExceptWith(writes);
                liveBefore[i].UnionWith(reads);
                changed |= liveBefore[i].Count != before;
            }
        }
    }

    /// <summary>What is a parameter's value, or its address in .global, and nothing else anywhere.</summary>
    private HashSet<PtxRegister> Parameters()
    {
        HashSet<PtxRegister> parameters = [], others = [];
        foreach (PtxInstruction instruction in code)
        {
            (List<PtxRegister> reads, List<PtxRegister> writes) = Uses(instruction);
            bool isParameter = instruction.Guard is null
                && (instruction is { Opcode: "ld", Suffixes: ["param", ..] } ? reads.Count == 0
                    : instruction.Opcode == "cvta" && reads.TrueForAll(parameters.Contains));
            (isParameter ? parameters : others).UnionWith(writes);
        }
        parameters.ExceptWith(others);
        return parameters;
    }

    private static (List<PtxRegister> Reads, List<PtxRegister> Writes) Uses(PtxInstruction instruction)
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
