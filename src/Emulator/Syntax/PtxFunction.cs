namespace CogVideoX.Emulator.Syntax;

/// <summary>An entry or a device function (PTX ISA 5.4, 11.1).</summary>
internal sealed class PtxFunction(string name, bool isEntry, int line)
{
    public string Name { get; } = name;

    public bool IsEntry { get; } = isEntry;

    public int Line { get; } = line;

    public List<PtxVariable> Returns { get; } = [];

    public List<PtxVariable> Parameters { get; } = [];

    public List<PtxInstruction> Instructions { get; } = [];

    /// <summary>Variables declared in the body: local, shared, parameters of calls.</summary>
    public List<PtxVariable> Variables { get; } = [];

    public int RegisterCount { get; set; }

    public bool HasBody { get; set; }

    /// <summary>Whether a call that fits one fits the other.</summary>
    public bool HasSignatureOf(PtxFunction other) => Fits(Parameters, other.Parameters) && Fits(Returns, other.Returns);

    private static bool Fits(List<PtxVariable> a, List<PtxVariable> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Size == p.Second.Size && p.First.Space == p.Second.Space);

    /// <summary>Its place among the module's functions.</summary>
    public int Number { get; set; }

    /// <summary>Performance directives by name, such as maxntid or reqnctapercluster (PTX ISA 11.4).</summary>
    public Dictionary<string, int[]> Directives { get; } = [];
}
