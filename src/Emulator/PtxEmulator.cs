using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>Runs kernels of a PTX module on the CPU and checks them.</summary>
public static class PtxEmulator
{
    /// <summary>Runs a launch to its end or to its first fault; buffers are changed in place.</summary>
    /// <exception cref="PtxException">The module holds something that isn't PTX or isn't supported.</exception>
    /// <exception cref="LaunchException">The request doesn't fit the kernel.</exception>
    public static LaunchReport Run(PtxModule module, LaunchRequest request, LaunchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(request);
        options ??= new LaunchOptions();
        options.Validate();
        if (!module.Functions.TryGetValue(request.Entry, out PtxFunction? entry) || !entry.IsEntry || !entry.HasBody)
        {
            throw new LaunchException(
                $"the module has no kernel {Printable.Quoted(request.Entry)}; it has {Printable.List(module.Entries)}");
        }
        if (request.DynamicSharedBytes < 0)
            throw new LaunchException($"{request.DynamicSharedBytes} bytes of dynamic shared memory can't be: there are none or more");
        using var globals = new GlobalMemory(isLasting: false);
        var kernel = new PreparedKernel(module, new ModuleMemory(module, globals), globals, entry, request.DynamicSharedBytes);
        Dictionary<string, Allocation> buffers = LaunchMemory.Allocate(globals, request);
        LaunchMemory.Parameters(kernel.Parameters, entry, request, buffers);
        string architecture = options.Architecture ?? module.Targets.FirstOrDefault() ?? "";
        Launch launch = kernel.Launch(request.Grid, request.Block, request.Cooperative, options, architecture, options.Seed, counts: true);
        Fault? fault = kernel.Check(launch) ?? kernel.Run(launch);
        foreach ((string name, byte[] bytes) in request.Buffers)
            buffers[name].Part(0, bytes.Length).CopyTo(bytes);
        return launch.Report(fault, CounterSummary.Of(launch), module.Files);
    }
}
