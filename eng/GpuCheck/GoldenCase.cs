using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck;

/// <summary>A comparison with reference numbers.</summary>
/// <param name="Name">What is computed.</param>
/// <param name="Expected">The file and name of what should come out.</param>
/// <param name="Run">Computes it, in the layout of the reference.</param>
/// <param name="IsLong">Whether an emulator takes minutes for it.</param>
internal sealed record GoldenCase(
    string Name, (string File, string Name) Expected, Func<Ops, GoldenFiles, Tensor> Run, bool IsLong = false);
