using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>
/// How many registers ptxas would give a kernel. Its allocation isn't repeated; what it depends on is counted and weighed, by weights that
/// were fitted to what <c>ptxas -v</c> 13 says of 54 modules (registers-13.json). Fewer are needed than are alive in the text where all
/// threads
/// of a block compute the same (they have registers of their own) and where addresses differ by constants; more where independent work is
/// spread out to hide latency, and inside divisions and roots.
/// </summary>
internal sealed class RegisterEstimate
{
    private const long MostWork = 1 << 24;
    private const int RegistersOfMultiprocessor = 64 << 10;
    private const int MostOfThread = 255;
    private const int LeastOfLimit = 24;   // what .maxnreg is raised to, and what a call's convention takes
    private const int Least = 8;
    private const int Unit = 8;

    private static readonly HashSet<string> IntegerWork =
        ["mov", "cvta", "add", "sub", "mul", "mad", "shl", "shr", "and", "or", "xor", "not", "cvt", "min", "max", "selp", "setp"];

    private static readonly HashSet<string> SlowWork =
    [
        "shfl", "vote", "match", "redux", "ex2", "lg2", "sin", "cos", "rsqrt", "rcp", "sqrt", "div", "cvt", "popc", "clz", "brev",
    ];

    private readonly PtxFunction function;
    private readonly IReadOnlyList<PtxInstruction> code;
    private readonly (List<PtxRegister> Reads, List<PtxRegister> Writes)[] uses;
    private readonly Dictionary<PtxRegister, List<int>> writers = [];

    private RegisterEstimate(PtxFunction function)
    {
        this.function = function;
        code = function.Instructions;
        uses = [.. code.Select(RegisterPressure.Uses)];
        KeepOperandsOfWgmma();
        for (int i = 0; i < code.Count; i++)
        {
            foreach (PtxRegister register in uses[i].Writes)
            {
                if (!writers.TryGetValue(register, out List<int>? at))
                    writers.Add(register, at = []);
                at.Add(i);
            }
        }
    }

    /// <summary>Whether a kernel isn't too long: what is alive takes memory by instructions and registers.</summary>
    public static bool HasRoomFor(PtxFunction entry) => (long)entry.Instructions.Count * entry.RegisterCount <= MostWork;

    /// <summary>The estimate for a kernel.</summary>
    public static EntryRegisters Of(PtxFunction entry)
    {
        int budget = Budget(entry), wanted = new RegisterEstimate(entry).Wanted();
        return new EntryRegisters(entry.Name, Math.Min(wanted, budget), budget, wanted > budget);
    }

    /// <summary>What the occupancy that a kernel asks for leaves for a thread.</summary>
    private static int Budget(PtxFunction entry)
    {
        Dictionary<string, int[]> directives = entry.Directives;
        int budget = MostOfThread;
        if (directives.TryGetValue("reqntid", out int[]? block) || directives.TryGetValue("maxntid", out block))
        {
            long threads = Math.Max(32, block.Aggregate(1L, (a, b) => a * b)) * directives.GetValueOrDefault("minnctapersm", [1])[0];
            budget = (int)Math.Clamp(RegistersOfMultiprocessor / threads / Unit * Unit, LeastOfLimit, MostOfThread);
        }
        return directives.TryGetValue("maxnreg", out int[]? most) ? Math.Min(budget, Math.Max(most[0], LeastOfLimit)) : budget;
    }

    private int Wanted()
    {
        // a kernel that shares its registers out begins with what its largest warpgroup will have
        if (code.Where(i => i.Opcode == "setmaxnreg").Select(i => (int)i.Operands[0].Bits).DefaultIfEmpty().Max() is var shared and > 0)
            return shared;
        HashSet<PtxRegister> uniform = Uniform();
        Dictionary<PtxRegister, PtxRegister> bases = Bases(uniform);
        double needed = MostAlive(uniform, bases), written = MostAlive([], []);
        (double stored, double slow) = Spread();
        double wanted = (0.6 * needed) + (0.4 * written) + 7 + (0.5 * Math.Min(stored, 12)) + (0.25 * Math.Min(slow, 8)) + (2 * Expanded());
        int least = code.Any(i => i.Opcode == "call") ? LeastOfLimit : Least;
        return Math.Max(least, (int)Math.Round(wanted));
    }

    /// <summary>A product reads its registers until it is waited for, and writes its sums.</summary>
    private void KeepOperandsOfWgmma()
    {
        var pending = new List<PtxRegister>();
        for (int i = 0; i < code.Count; i++)
        {
            if (code[i].Opcode != "wgmma")
                continue;
            if (code[i].Suffixes.Contains("wait_group"))
            {
                uses[i].Reads.AddRange(pending);
                pending.Clear();
            }
            else
            {
                pending.AddRange(uses[i].Reads);
                if (code[i].Operands.Count > 0)
                    uses[i].Writes.AddRange(code[i].Operands[0].Parts.Where(p => p.Register is not null).Select(p => p.Register!));
            }
        }
    }

    /// <summary>What is computed from parameters, constants and the block's numbers alone, once.</summary>
    private HashSet<PtxRegister> Uniform()
    {
        var uniform = new HashSet<PtxRegister>();
        for (int before = -1; before != uniform.Count;)
        {
            before = uniform.Count;
            foreach ((PtxRegister register, List<int> at) in writers)
            {
                if (at.Count == 1 && code[at[0]].Guard is null && IsUniform(at[0], uniform))
                    uniform.Add(register);
            }
        }
        return uniform;
    }

    private bool IsUniform(int at, HashSet<PtxRegister> uniform)
    {
        PtxInstruction instruction = code[at];
        if (instruction is { Opcode: "ld", Suffixes: ["param" or "param::entry", ..] })
            return uses[at].Reads.Count == 0;
        bool isReal = instruction.Suffixes.Any(s => s is "f16" or "f16x2" or "bf16" or "bf16x2" or "f32" or "f64");
        return IntegerWork.Contains(instruction.Opcode) && (!isReal || instruction.Opcode == "mov")
            && uses[at].Reads.TrueForAll(uniform.Contains)
            && instruction.Operands.All(o => o.Kind != OperandKind.Special || !IsOfThread(o.Name));
    }

    private static bool IsOfThread(string special) => special.StartsWith("%tid", StringComparison.Ordinal)
        || special.StartsWith("%lane", StringComparison.Ordinal);

    /// <summary>Registers that are another and a constant: whoever reads them can read that one.</summary>
    private Dictionary<PtxRegister, PtxRegister> Bases(HashSet<PtxRegister> uniform)
    {
        var bases = new Dictionary<PtxRegister, PtxRegister>();
        foreach ((PtxRegister register, List<int> at) in writers)
        {
            if (at.Count > 1 || uniform.Contains(register) || code[at[0]] is not { Guard: null, Opcode: "add" or "or" } sum)
                continue;
            if (sum.Operands is not [_, { Register: { } from }, { Kind: OperandKind.Integer }])
                continue;
            if (writers.TryGetValue(from, out List<int>? earlier) && earlier.Count == 1)
                bases[register] = from;
        }
        return bases;
    }

    private int MostAlive(HashSet<PtxRegister> without, Dictionary<PtxRegister, PtxRegister> bases)
    {
        HashSet<PtxRegister>[] alive = RegisterPressure.Alive(function, uses, Root, w => !bases.ContainsKey(w));
        return alive.Select(set => set.Where(r => !without.Contains(r)).Sum(RegisterPressure.Words)).DefaultIfEmpty().Max();

        PtxRegister Root(PtxRegister register)
        {
            for (int steps = 0; steps < 100 && bases.TryGetValue(register, out PtxRegister? from); steps++)
                register = from;
            return register;
        }
    }

    /// <summary>Words that are stored, and slow instructions, between two barriers or inside a loop: the most of each.</summary>
    private (int Stored, int Slow) Spread()
    {
        var cuts = new SortedSet<int> { code.Count };
        for (int i = 0; i < code.Count; i++)
        {
            if (code[i].Opcode is "bar" or "barrier" or "ret" or "exit" || code[i].Suffixes is ["try_wait" or "test_wait", ..])
                cuts.Add(i + 1);
            if (code[i].Opcode == "bra" && RegisterPressure.Successors(function, i).FirstOrDefault(i + 1) is var target && target <= i)
                cuts.UnionWith([target, i + 1]);
        }
        int from = 0, mostStored = 0, mostSlow = 0;
        foreach (int to in cuts)
        {
            IEnumerable<PtxInstruction> part = code.Take(from..to);
            int stored = part.Where(i => i.Opcode == "st" && i.Operands.Count > 1)
                .SelectMany(i => i.Operands[1].Parts.Prepend(i.Operands[1]))
                .Where(o => o.Register is not null).Sum(o => RegisterPressure.Words(o.Register!));
            (mostStored, mostSlow) = (Math.Max(mostStored, stored), Math.Max(mostSlow, part.Count(i => SlowWork.Contains(i.Opcode))));
            from = to;
        }
        return (mostStored, mostSlow);
    }

    /// <summary>2 where a division or a root of 64 bits becomes a routine, 1 for one of 32 bits.</summary>
    private int Expanded() => code
        .Where(i => i.Opcode is "div" or "rem" or "sqrt" or "rcp" && !i.Suffixes.Any(s => s is "approx" or "full"))
        .Select(i => i.Suffixes.Any(s => s is "f64" or "u64" or "s64") ? 2 : 1).DefaultIfEmpty().Max();
}
