using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>A module on an emulated device. Its variables last as long as the device.</summary>
public sealed class EmulatedModule
{
    private readonly Dictionary<string, EmulatedKernel> kernels = [];

    internal EmulatedModule(EmulatedDevice device, PtxModule ptx)
    {
        (Device, Ptx) = (device, ptx);
        Memory = new ModuleMemory(ptx, device.Memory.Globals);
        foreach (PtxFunction function in ptx.Functions.Values.Where(f => f is { IsEntry: true, HasBody: true }))
            kernels.Add(function.Name, new EmulatedKernel(this, function));
    }

    /// <summary>Its kernels by name.</summary>
    public IReadOnlyDictionary<string, EmulatedKernel> Kernels => kernels;

    internal EmulatedDevice Device { get; }

    internal PtxModule Ptx { get; }

    internal ModuleMemory Memory { get; }

    /// <summary>The kernel of that name.</summary>
    /// <exception cref="LaunchException">There is none.</exception>
    public EmulatedKernel Kernel(string name) => kernels.TryGetValue(name, out EmulatedKernel? kernel) ? kernel
        : throw new LaunchException($"the module has no kernel {Printable.Quoted(name)}; it has {Printable.List(kernels.Keys)}");

    /// <summary>Address and bytes of a variable in global memory, which the host may copy from and to.</summary>
    /// <exception cref="LaunchException">There is none.</exception>
    public (ulong Address, long Bytes) Global(string name)
    {
        foreach ((PtxVariable variable, Allocation at) in Memory.Variables)
        {
            if (variable.Name == name && variable.Space == StateSpace.Global)
                return (at.Address, at.Size);
        }
        throw new LaunchException($"the module has no global variable {Printable.Quoted(name)}");
    }
}
