using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>A step from IR to IR that keeps what the function does.</summary>
internal interface IPass
{
    /// <summary>For messages about broken IR.</summary>
    string Name { get; }

    /// <summary>Changes the function in place; true if anything changed.</summary>
    bool Run(Function function);
}
