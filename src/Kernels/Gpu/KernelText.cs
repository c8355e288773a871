namespace CogVideoX.Kernels.Gpu;

/// <summary>A kernel as PTX.</summary>
/// <param name="Name">of the entry</param> <param name="Target">such as sm_80</param> <param name="Threads">of a CTA</param>
/// <param name="SharedBytes">static shared memory of a CTA</param>
public sealed record KernelText(string Name, string Target, int Threads, int SharedBytes, string Ptx);
