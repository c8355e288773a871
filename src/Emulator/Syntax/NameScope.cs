namespace CogVideoX.Emulator.Syntax;

/// <summary>Names between two braces (PTX ISA 4.3, 5.4): registers, variables and labels; the inner hides the outer.</summary>
internal sealed class NameScope(NameScope? outer)
{
    private readonly Dictionary<string, PtxRegister> registers = [];
    private readonly Dictionary<string, (PtxType Type, int Count, int Lanes)> ranges = [];
    private readonly Dictionary<string, PtxRegister[]> vectors = [];
    private readonly Dictionary<string, PtxVariable> variables = [];

    public NameScope? Outer { get; } = outer;

    /// <summary>Label to index of the instruction after it.</summary>
    public Dictionary<string, int> Labels { get; } = [];

    /// <summary>Label of a .branchtargets to the labels in it.</summary>
    public Dictionary<string, List<string>> BranchTargets { get; } = [];

    /// <summary>Labels of .calltargets to the functions in it, and of .callprototype to what it says.</summary>
    public Dictionary<string, CallTargets> CallTargets { get; } = [];

    public bool Declare(PtxRegister register) => RangeOf(register.Name) is null && !variables.ContainsKey(register.Name)
        && registers.TryAdd(register.Name, register);

    /// <param name="lanes">parts of a vector register; 1 for an ordinary one</param>
    public bool DeclareRange(string prefix, PtxType type, int count, int lanes) => ranges.TryAdd(prefix, (type, count, lanes));

    /// <summary>A vector register (PTX ISA 5.4.2): its parts are registers of their own, .x .y .z .w or .r .g .b .a.</summary>
    public bool DeclareVector(string name, PtxType type, int lanes, ref int registerCount)
    {
        var parts = new PtxRegister[lanes];
        if (!vectors.TryAdd(name, parts))
            return false;
        for (int i = 0; i < lanes; i++)
        {
            parts[i] = new PtxRegister($"{name}.{"xyzw"[i]}", type, registerCount++);
            registers[parts[i].Name] = parts[i];
            registers[$"{name}.{"rgba"[i]}"] = parts[i];
        }
        return true;
    }

    public bool Declare(PtxVariable variable) => !registers.ContainsKey(variable.Name) && RangeOf(variable.Name) is null
        && variables.TryAdd(variable.Name, variable);

    /// <summary>Whether a name is a register of a range but for zeros before its number.</summary>
    public bool IsPadded(string name)
    {
        int digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1]))
            digits--;
        string bare = name[..digits] + name[digits..].TrimStart('0').PadLeft(1, '0');
        int unused = 0;
        return bare != name && FindRegister(bare, ref unused) is not null;
    }

    public PtxRegister? FindRegister(string name, ref int registerCount)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.registers.TryGetValue(name, out PtxRegister? found))
                return found;
            if (scope.FromRange(name, ref registerCount) is { } made)
                return made;
        }
        return null;
    }

    /// <summary>The parts of a vector register.</summary>
    public PtxRegister[]? FindVector(string name, ref int registerCount)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.vectors.TryGetValue(name, out PtxRegister[]? found))
                return found;
            if (scope.RangeOf(name) is not { Lanes: > 1 } range)
                continue;
            scope.DeclareVector(name, range.Type, range.Lanes, ref registerCount);
            return scope.vectors[name];
        }
        return null;
    }

    public PtxVariable? FindVariable(string name)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.variables.TryGetValue(name, out PtxVariable? found))
                return found;
        }
        return null;
    }

    public int? FindLabel(string name)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.Labels.TryGetValue(name, out int at))
                return at;
        }
        return null;
    }

    public List<string>? FindBranchTargets(string name)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.BranchTargets.TryGetValue(name, out List<string>? found))
                return found;
        }
        return null;
    }

    public CallTargets? FindCallTargets(string name)
    {
        for (NameScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.CallTargets.TryGetValue(name, out CallTargets? found))
                return found;
        }
        return null;
    }

    private PtxRegister? FromRange(string name, ref int registerCount)
    {
        int point = name.IndexOf('.', StringComparison.Ordinal);
        if (point > 0 && RangeOf(name[..point]) is { Lanes: > 1 } lanes && DeclareVector(name[..point], lanes.Type, lanes.Lanes,
            ref registerCount))
        {
            return registers.GetValueOrDefault(name);
        }
        if (RangeOf(name) is not { Lanes: 1 } range)
            return null;
        var register = new PtxRegister(name, range.Type, registerCount++);
        registers.Add(name, register);
        return register;
    }

    /// <summary>%r&lt;5&gt; declares %r0 to %r4; a prefix may itself end in a digit, so every cut is tried.</summary>
    private (PtxType Type, int Count, int Lanes)? RangeOf(string name)
    {
        int digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1]))
            digits--;
        for (int cut = digits; cut < name.Length; cut++)
        {
            if (!ranges.TryGetValue(name[..cut], out (PtxType Type, int Count, int Lanes) range))
                continue;
            if (!int.TryParse(name.AsSpan(cut), out int number) || number >= range.Count)
                continue;
            if (name[cut] == '0' && name.Length > cut + 1)
                continue;
            return range;
        }
        return null;
    }
}
