using CogVideoX.Emulator;

namespace CogVideoX.Ilgpu;

/// <summary>One launch of a kernel, as the verifier saw it.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Counters">What it did; with <see cref="VerifierOptions.Count"/> all of it, else instructions alone.</param>
/// <param name="Printed">What it printed.</param>
public sealed record KernelRun(string Kernel, LaunchCounters Counters, IReadOnlyList<string> Printed);
