using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Eight bytes, read and written by one instruction.</summary>
[Aligned(8)]
internal record struct Bits64(uint First, uint Second);
