using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>Runs kernels of a PTX module on the CPU and checks them.</summary>
public static class PtxEmulator
{
    /// <summary>Runs a launch to its end or to its first fault; buffers are changed in place.</summary>
    /// <exception cref="PtxException">The module holds something that isn't PTX or isn't supported.</exception>
    /// <exception cref="ArgumentException">The request doesn't fit the kernel.</exception>
    public static LaunchReport Run(PtxModule module, LaunchRequest request, LaunchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(request);
        options ??= new LaunchOptions();
        if (!module.Functions.TryGetValue(request.Entry, out PtxFunction? entry) || !entry.IsEntry)
            throw new ArgumentException($"the module has no kernel '{request.Entry}'; it has {string.Join(", ", module.Entries)}");
        var memory = new ModuleMemory(module);
        var shared = new SharedLayout();
        var code = new KernelCode { Function = entry };
        var symbols = new SymbolTable(memory, shared, code.Frame, request.DynamicSharedBytes);
        Dictionary<string, Allocation> buffers = LaunchMemory.Allocate(memory, request);
        LaunchMemory.Parameters(memory, symbols, entry, request, buffers);
        new Decoder(module, code, symbols).Run();
        foreach (PtxVariable variable in entry.Variables.Where(v => v.Space == StateSpace.Shared))
            shared.Add(variable, variable.IsDynamic ? request.DynamicSharedBytes : variable.Size);
        Launch launch = Prepare(module, request, options, memory, shared, code);
        Fault? fault = LaunchLimits.Check(module, launch) ?? Run(launch);
        foreach ((string name, Allocation at) in buffers) at.Bytes.CopyTo(request.Buffers[name]);
        return new LaunchReport(fault, CounterSummary.Of(launch), module.Files);
    }

    private static Launch Prepare(
        PtxModule module, LaunchRequest request, LaunchOptions options, ModuleMemory memory, SharedLayout shared, KernelCode code)
    {
        int[] shape = code.Function.Directives.GetValueOrDefault("reqnctapercluster", [1]);
        var launch = new Launch
        {
            Code = code,
            SharedLayout = shared,
            Grid = request.Grid,
            Block = request.Block,
            ClusterShape = new Dim3(shape[0], shape.ElementAtOrDefault(1) is var y and > 0 ? y : 1, shape.ElementAtOrDefault(2) is var z and > 0 ? z : 1),
            DynamicSharedBytes = request.DynamicSharedBytes,
            Options = options,
            Memory = memory,
            Random = new Random(options.Seed),
            MatrixRule = MatrixRule.Of(options.Architecture ?? module.Targets.FirstOrDefault() ?? ""),
        };
        launch.Counters.Prepare(code.Instructions.Count);
        return launch;
    }

    private static Fault? Run(Launch launch)
    {
        var scheduler = new Scheduler(launch);
        try
        {
            scheduler.Run();
            return null;
        }
        catch (FaultException fault)
        {
            return Describe(launch, fault, fault.Warp ?? scheduler.Running);
        }
    }

    private static Fault Describe(Launch launch, FaultException fault, Warp? warp)
    {
        if (warp is null) return new Fault(fault.Kind, fault.Message, 0, default, default, default, fault.Address, fault.Allocation);
        int at = Math.Clamp(warp.Strand?.At ?? 0, 0, launch.Code.Instructions.Count - 1);
        Instruction running = launch.Code.Instructions[at];
        if (fault.Line is { } line) running = launch.Code.Instructions.Find(i => i.Line == line) ?? running;
        int lane = fault.Lane ?? int.TrailingZeroCount((int)(warp.Active == 0 ? 1 : warp.Active));
        Dim3 thread = launch.Block.At((warp.Number * Warp.Lanes) + Math.Min(lane, Warp.Lanes - 1));
        return new Fault(fault.Kind, fault.Message, running.Line, running.Syntax.Source, warp.Cta.Index, thread, fault.Address, fault.Allocation);
    }
}
