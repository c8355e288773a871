namespace CogVideoX.Compiler.Ir;

/// <summary>Where a variable lies.</summary>
internal enum VariableSpace { Shared, Global, Const, Local }
