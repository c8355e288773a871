namespace CogVideoX.Emulator.Syntax;

/// <summary>Names between two braces (PTX ISA 4.3, 5.4): registers, variables and labels; the inner hides the outer.</summary>
internal sealed class NameScope(NameScope? outer)
{
    private readonly Dictionary<string, PtxRegister> registers = [];
    private readonly Dictionary<string, (PtxType Type, int Count)> ranges = [];
    private readonly Dictionary<string, PtxVariable> variables = [];

    public NameScope? Outer { get; } = outer;

    /// <summary>Label to index of the instruction after it.</summary>
    public Dictionary<string, int> Labels { get; } = [];

    /// <summary>Label of a .branchtargets to the labels in it.</summary>
    public Dictionary<string, List<string>> BranchTargets { get; } = [];

    public bool Declare(PtxRegister register) => registers.TryAdd(register.Name, register);

    public bool DeclareRange(string prefix, PtxType type, int count) => ranges.TryAdd(prefix, (type, count));

    public bool Declare(PtxVariable variable) => variables.TryAdd(variable.Name, variable);

    public PtxRegister? FindRegister(string name, ref int registerCount)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.registers.TryGetValue(name, out PtxRegister? found)) return found;
            if (scope.FromRange(name, ref registerCount) is { } made) return made;
        }
        return null;
    }

    public PtxVariable? FindVariable(string name)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
            if (scope.variables.TryGetValue(name, out PtxVariable? found)) return found;
        return null;
    }

    public int? FindLabel(string name)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
            if (scope.Labels.TryGetValue(name, out int at)) return at;
        return null;
    }

    public List<string>? FindBranchTargets(string name)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
            if (scope.BranchTargets.TryGetValue(name, out List<string>? found)) return found;
        return null;
    }

    private PtxRegister? FromRange(string name, ref int registerCount)
    {
        int digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1])) digits--;
        // %r<5> declares %r0 to %r4; a prefix may itself end in a digit, so every cut is tried
        for (int cut = digits; cut < name.Length; cut++)
        {
            if (!ranges.TryGetValue(name[..cut], out (PtxType Type, int Count) range)) continue;
            if (!int.TryParse(name.AsSpan(cut), out int number) || number >= range.Count) continue;
            if (name[cut] == '0' && name.Length > cut + 1) continue;
            var register = new PtxRegister(name, range.Type, registerCount++);
            registers.Add(name, register);
            return register;
        }
        return null;
    }
}
