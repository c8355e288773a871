using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>
/// A kernel of a module on an emulated device. It is decoded at its first launch with some size of dynamic shared memory.
/// </summary>
public sealed class EmulatedKernel
{
    private readonly PtxFunction function;
    private readonly Dictionary<int, PreparedKernel> prepared = [];
    private readonly int mostParameterBytes;

    internal EmulatedKernel(EmulatedModule module, PtxFunction function)
    {
        (Module, this.function) = (module, function);
        var parameters = new List<KernelParameter>();
        int end = 0, strictest = 1;
        foreach (PtxVariable variable in function.Parameters)
        {
            int align = Math.Max(variable.Align, 1), offset = (end + align - 1) / align * align;
            parameters.Add(new KernelParameter(variable.Name, offset, (int)variable.Size));
            (end, strictest) = (offset + (int)variable.Size, Math.Max(strictest, align));
        }
        (Parameters, ParameterBytes) = (parameters, end);
        mostParameterBytes = (end + strictest - 1) / strictest * strictest;
    }

    public string Name => function.Name;

    /// <summary>The module that it belongs to.</summary>
    public EmulatedModule Module { get; }

    /// <summary>Its parameters, and where each stands in the block that a launch is given: as in a C struct.</summary>
    public IReadOnlyList<KernelParameter> Parameters { get; }

    /// <summary>Bytes of that block, without what a C struct might have behind its last member.</summary>
    public int ParameterBytes { get; }

    /// <exception cref="LaunchException">A launch can't be so.</exception>
    internal void RequireFits(EmulatedDevice device, int dynamicSharedBytes, ReadOnlySpan<byte> parameters)
    {
        if (Module.Device != device)
            throw new LaunchException($"the kernel {Printable.Name(Name)} is on another device");
        if (dynamicSharedBytes < 0)
            throw new LaunchException($"{dynamicSharedBytes} bytes of dynamic shared memory can't be: there are none or more");
        if (parameters.Length < ParameterBytes || parameters.Length > mostParameterBytes)
        {
            throw new LaunchException(
                $"the parameters of {Printable.Name(Name)} have {ParameterBytes} bytes, the launch gives {parameters.Length}");
        }
    }

    internal PreparedKernel Prepare(int dynamicSharedBytes)
    {
        if (!prepared.TryGetValue(dynamicSharedBytes, out PreparedKernel? kernel))
        {
            kernel = new PreparedKernel(Module.Ptx, Module.Memory, Module.Device.Memory.Globals, function, dynamicSharedBytes);
            prepared.Add(dynamicSharedBytes, kernel);
        }
        return kernel;
    }

    /// <summary>Puts the parameters of a launch where the kernel reads them.</summary>
    internal void Put(ReadOnlySpan<byte> parameters, ParameterBank bank)
    {
        for (int i = 0; i < Parameters.Count; i++)
        {
            (_, int offset, int bytes) = Parameters[i];
            parameters.Slice(offset, bytes).CopyTo(bank.All[i].Part(0, bytes));
        }
    }
}

/// <summary>A parameter of a kernel.</summary>
/// <param name="Offset">of its first byte in the block of a launch's parameters</param> <param name="Bytes">its size</param>
public readonly record struct KernelParameter(string Name, int Offset, int Bytes);
