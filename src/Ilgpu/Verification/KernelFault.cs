using CogVideoX.Emulator;

namespace CogVideoX.Ilgpu;

/// <summary>What is wrong with a kernel, and where.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Fault">Kind, message, PTX line, thread, address.</param>
/// <param name="Instruction">The line of PTX.</param>
/// <param name="Source">File and line of C#, where the kernel's symbols say; null where they don't.</param>
public sealed record KernelFault(string Kernel, Fault Fault, string Instruction, string? Source)
{
    /// <summary>All of it in a few lines.</summary>
    public override string ToString() =>
        $"{Kernel}: {Fault}\n    {Instruction}{(Source is null ? "" : $"\n    {Source}")}";
}
