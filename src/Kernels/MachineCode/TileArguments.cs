using System.Runtime.InteropServices;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>What a generated micro-kernel is called with, read by it from memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileArguments
{
    /// <summary>The left factor: rows and steps apart as the form says.</summary>
    public byte* Left;

    /// <summary>The right factor: [segments][steps][columns], floats or pairs of bf16, without gaps.</summary>
    public byte* Right;

    /// <summary>The result: [rows][columns], rows apart as the form says.</summary>
    public float* Result;

    /// <summary>Steps of the depth, of each segment; at least 1.</summary>
    public nint Steps;

    /// <summary>0 begins sums at zero, anything else at the result as it is: chains go on exactly.</summary>
    public nint Accumulate;

    /// <summary>Segments, at least 1; ignored by forms without.</summary>
    public nint Segments;

    /// <summary>Bytes from <see cref="Left"/> to each segment's first step; ignored by forms without.</summary>
    public nint* Offsets;
}
