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

    /// <summary>Performance directives by name, such as maxntid or reqnctapercluster (PTX ISA 11.4).</summary>
    public Dictionary<string, int[]> Directives { get; } = [];
}
