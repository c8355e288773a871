using CogVideoX.Compiler;
using CogVideoX.Emulator;

namespace CogVideoX.Kernels.Gpu;

/// <summary>Tells what is wrong with one kernel, and no reason to leave others alone, from bugs.</summary>
internal static class KernelProblems
{
    /// <summary>Whether it says that a kernel can't be compiled, or that its text isn't PTX; the message is for its author.</summary>
    public static bool Are(Exception exception) => exception is CompileException or KernelAssemblyException or PtxException;
}
