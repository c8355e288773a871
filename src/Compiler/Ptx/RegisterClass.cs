namespace CogVideoX.Compiler.Ptx;

/// <summary>Kinds of PTX registers.</summary>
internal enum RegisterClass { Pred, B16, B32, B64, F32, F64 }
