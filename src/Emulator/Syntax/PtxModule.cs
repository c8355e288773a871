using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>A module of PTX text, read whole (PTX ISA 4).</summary>
public sealed class PtxModule
{
    internal PtxModule() { }

    /// <summary>The number after .version, such as 9.0.</summary>
    public string Version { get; internal set; } = "";

    /// <summary>The names after .target; the first is the architecture, such as sm_90a.</summary>
    public IReadOnlyList<string> Targets { get; internal set; } = [];

    /// <summary>The architecture that it is for: the last of <see cref="Targets"/>.</summary>
    public PtxTarget Target { get; internal set; }

    /// <summary><see cref="Version"/> as a number.</summary>
    public PtxVersion IsaVersion { get; internal set; }

    /// <summary>The line of .target.</summary>
    internal int TargetLine { get; set; }

    /// <summary>Names of the kernels, in order.</summary>
    public IReadOnlyList<string> Entries => [.. Functions.Values.Where(f => f.IsEntry).Select(f => f.Name)];

    internal Dictionary<string, PtxFunction> Functions { get; } = [];

    internal List<PtxVariable> Variables { get; } = [];

    internal Dictionary<int, string> Files { get; } = [];

    /// <summary>File, line and column of every .loc so far.</summary>
    internal HashSet<(int File, int Line, int Column)> Locations { get; } = [];

    /// <summary>Refuses what the module's target or version hasn't: a directive, a type or a special register, as it is written.</summary>
    internal void Require(int line, string name)
    {
        if (PtxFeature.Missing(name, Target, IsaVersion) is { } missing)
            throw new PtxException(line, missing);
    }

    /// <summary>Reads a module.</summary>
    /// <exception cref="PtxException">The text isn't PTX; the message names the line.</exception>
    public static PtxModule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ModuleParser(Lexer.Tokens(text)).Parse();
    }
}
