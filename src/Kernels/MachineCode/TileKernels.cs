using System.Collections.Concurrent;
using Iced.Intel;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>The micro-kernels that were generated in this process, each once.</summary>
internal static unsafe class TileKernels
{
    private static readonly ConcurrentDictionary<TileForm, nint> Placed = new();

    /// <summary>A micro-kernel, generated where it is asked for the first time.</summary>
    /// <exception cref="NotSupportedException">This processor lacks what the form needs.</exception>
    public static delegate* unmanaged<TileArguments*, void> Get(in TileForm form) =>
        (delegate* unmanaged<TileArguments*, void>)Placed.GetOrAdd(form, static form => Place(form));

    private static nint Place(TileForm form)
    {
        Assembler code = TileCode.Write(form);
        CodeFeatures.Check(code.Instructions, CpuFeatures.Detected);
        return ExecutableMemory.Place(code);
    }
}
