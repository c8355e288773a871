using CogVideoX.Emulator;

namespace CogVideoX.Kernels.Gpu;

/// <summary>What the emulator says of a kernel.</summary>
/// <param name="Kernel">its name</param> <param name="Report">of our PTX</param>
/// <param name="Reference">of the PTX that the case came with, made by another compiler; null if it came with none</param>
/// <param name="CompileTime">C# to PTX, the cache left out</param>
public sealed record KernelVerdict(string Kernel, CaseReport Report, CaseReport? Reference, TimeSpan CompileTime)
{
    /// <summary>The C# line of a fault, if there is one.</summary>
    public string? FaultSource
    {
        get
        {
            if (Report.Launch.Fault is not { Source: { Line: > 0 } source })
                return null;
            return $"{Report.Launch.FileNames.GetValueOrDefault(source.File, "?")}({source.Line})";
        }
    }
}
