using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Sixteen bytes, read and written by one instruction.</summary>
[Aligned(16)]
internal record struct Bits128(uint First, uint Second, uint Third, uint Fourth);
