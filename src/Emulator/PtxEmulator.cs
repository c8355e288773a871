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
        using var memory = new ModuleMemory(module);
        Launch launch = Prepare(module, memory, entry, request, options);
        var symbols = new SymbolTable(launch.Memory, launch.SharedLayout, launch.Code.Frame, module);
        Dictionary<string, Allocation> buffers = LaunchMemory.Allocate(launch.Memory, request);
        LaunchMemory.Parameters(launch.Memory, symbols, entry, request, buffers);
        Fault? fault = LaunchLimits.CheckShape(launch);
        if (fault is null)
        {
            Decode(module, launch, symbols);
            fault = LaunchLimits.CheckNeeds(launch) ?? Run(launch);
        }
        foreach ((string name, byte[] bytes) in request.Buffers)
            buffers[name].Part(0, bytes.Length).CopyTo(bytes);
        return new LaunchReport(fault, CounterSummary.Of(launch), module.Files)
        {
            Printed = launch.Printed.Lines,
            DroppedPrints = launch.Printed.Dropped,
        };
    }

    private static Launch Prepare(PtxModule module, ModuleMemory memory, PtxFunction entry, LaunchRequest request, LaunchOptions options)
    {
        string architecture = options.Architecture ?? module.Targets.FirstOrDefault() ?? "";
        int[] shape = entry.Directives.GetValueOrDefault("reqnctapercluster", [1]);
        return new Launch
        {
            Code = new KernelCode { Function = entry },
            SharedLayout = new SharedLayout(request.DynamicSharedBytes, LargestDynamicAlign(module)),
            SharedMemoryLimit = options.SharedMemoryLimit ?? LaunchLimits.SharedMemory(architecture),
            Grid = request.Grid,
            Block = request.Block,
            ClusterShape = new Dim3(
                shape[0], shape.ElementAtOrDefault(1) is var y and > 0 ? y : 1, shape.ElementAtOrDefault(2) is var z and > 0 ? z : 1),
            DynamicSharedBytes = request.DynamicSharedBytes,
            IsCooperative = request.Cooperative,
            Options = options,
            Memory = memory,
            Random = new Random(options.Seed),
            MatrixRule = MatrixRule.Of(architecture),
        };
    }

    private static int LargestDynamicAlign(PtxModule module) =>
        module.Variables.Concat(module.Functions.Values.SelectMany(f => f.Variables))
        .Where(v => v is { Space: StateSpace.Shared, IsDynamic: true }).Select(v => v.Align).DefaultIfEmpty(1).Max();

    private static void Decode(PtxModule module, Launch launch, SymbolTable symbols)
    {
        new Decoder(module, launch.Code, symbols).Run();
        foreach (PtxVariable variable in launch.Code.Function.Variables.Where(v => v.Space == StateSpace.Shared))
            launch.SharedLayout.Add(variable);
        launch.Counters.Prepare(launch.Code.Instructions.Count);
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
        if (warp is null)
            return new Fault(fault.Kind, fault.Message, 0, default, default, default, fault.Address, fault.Allocation);
        int at = Math.Clamp(warp.Strand?.At ?? 0, 0, launch.Code.Instructions.Count - 1);
        Instruction running = launch.Code.Instructions[at];
        if (fault.Line is { } line)
            running = launch.Code.Instructions.Find(i => i.Line == line) ?? running;
        int lane = fault.Lane ?? int.TrailingZeroCount((int)(warp.Active == 0 ? 1 : warp.Active));
        Dim3 thread = launch.Block.At(warp.Number * Warp.Lanes + Math.Min(lane, Warp.Lanes - 1));
        return new Fault(
            fault.Kind, fault.Message, running.Line, running.Syntax.Source, warp.Cta.Index, thread, fault.Address, fault.Allocation);
    }
}
