using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>An edge of the control-flow graph, with the block that it leaves.</summary>
internal readonly record struct Way(Block From, Edge Edge);
