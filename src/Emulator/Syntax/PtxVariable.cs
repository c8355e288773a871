namespace CogVideoX.Emulator.Syntax;

/// <summary>A variable or parameter (PTX ISA 5.4): everything in bytes.</summary>
internal sealed class PtxVariable(string name, StateSpace space, PtxType type, int line)
{
    public string Name { get; } = name;

    public StateSpace Space { get; } = space;

    public PtxType Type { get; } = type;

    public int Line { get; } = line;

    /// <summary>The register of a parameter that is passed in one.</summary>
    public PtxRegister? Register { get; set; }

    public int Align { get; init; }

    public long Size { get; init; }

    /// <summary>.extern .shared x[]: the size comes with the launch.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>The bytes it starts with; shorter than <see cref="Size"/> means zeros after.</summary>
    public byte[] Initial { get; set; } = [];

    /// <summary>Addresses of other variables inside the initialiser.</summary>
    public List<SymbolReference> References { get; } = [];
}
