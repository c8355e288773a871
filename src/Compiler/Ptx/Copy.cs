using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>A move between registers, or of a constant into one.</summary>
internal readonly record struct Copy(Value To, Value From);
