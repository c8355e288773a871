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

    /// <summary>Names of the kernels, in order.</summary>
    public IReadOnlyList<string> Entries => [.. Functions.Values.Where(f => f.IsEntry).Select(f => f.Name)];

    internal Dictionary<string, PtxFunction> Functions { get; } = [];

    internal List<PtxVariable> Variables { get; } = [];

    internal Dictionary<int, string> Files { get; } = [];

    /// <summary>Reads a module.</summary>
    /// <exception cref="PtxException">The text isn't PTX; the message names the line.</exception>
    public static PtxModule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ModuleParser(Lexer.Tokens(text)).Parse();
    }
}
