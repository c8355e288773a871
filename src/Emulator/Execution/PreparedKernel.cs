using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// A kernel made ready for launches with some size of dynamic shared memory, which decides where its shared variables stand. It is decoded
/// at the first launch.
/// </summary>
internal sealed class PreparedKernel
{
    private readonly PtxModule module;
    private readonly ModuleMemory memory;
    private readonly GlobalMemory globals;
    private readonly SharedLayout shared;
    private readonly SymbolTable symbols;
    private readonly KernelCode code;
    private readonly KernelWorkspaces workspaces;
    private readonly Counters counters = new();
    private readonly Dim3 clusterShape;
    private readonly int dynamicSharedBytes;
    private bool isDecoded;
    private Fault? registers;

    public PreparedKernel(PtxModule module, ModuleMemory memory, GlobalMemory globals, PtxFunction entry, int dynamicSharedBytes)
    {
        (this.module, this.memory, this.globals, this.dynamicSharedBytes) = (module, memory, globals, dynamicSharedBytes);
        shared = new SharedLayout(dynamicSharedBytes, LargestDynamicAlign(module));
        code = new KernelCode { Function = entry };
        workspaces = new KernelWorkspaces(code, shared);
        symbols = new SymbolTable(memory, shared, code.Frame, module);
        foreach (PtxVariable parameter in entry.Parameters)
            symbols.AddParameter(parameter, Parameters.Add(parameter).Address);
        int[] shape = entry.Directives.GetValueOrDefault("reqnctapercluster", [1]);
        clusterShape = new Dim3(
            shape[0], shape.ElementAtOrDefault(1) is var y and > 0 ? y : 1, shape.ElementAtOrDefault(2) is var z and > 0 ? z : 1);
    }

    public ParameterBank Parameters { get; } = new();

    /// <summary>A launch whose parameters stand in <see cref="Parameters"/>.</summary>
    /// <param name="counts">bytes, sectors and conflicts of memory, too</param>
    public Launch Launch(Dim3 grid, Dim3 block, bool cooperative, LaunchOptions options, string architecture, int seed, bool counts)
    {
        return new Launch
        {
            Code = code,
            SharedLayout = shared,
            Workspaces = workspaces,
            SharedMemoryLimit = options.SharedMemoryLimit ?? LaunchLimits.SharedMemory(architecture),
            Grid = grid,
            Block = block,
            ClusterShape = clusterShape,
            DynamicSharedBytes = dynamicSharedBytes,
            IsCooperative = cooperative,
            Options = options,
            Cancellation = options.Cancellation,
            Memory = memory,
            Globals = globals,
            Parameters = Parameters,
            Random = new Random(seed),
            MatrixRule = MatrixRule.Of(architecture),
            Counters = counters,
            CountsDetails = counts,
        };
    }

    /// <summary>What a device would refuse to launch.</summary>
    /// <exception cref="PtxException">The kernel can't be decoded.</exception>
    public Fault? Check(Launch launch)
    {
        if (LaunchLimits.CheckShape(launch) is { } wrong)
            return wrong;
        Decode();
        counters.Prepare(code.Instructions.Count, launch.CountsDetails);
        return registers ?? LaunchLimits.CheckNeeds(launch);
    }

    /// <summary>Runs a launch that has been checked to its end or to its first fault.</summary>
    public Fault? Run(Launch launch)
    {
        counters.Prepare(code.Instructions.Count, launch.CountsDetails);
        return RunDecoded(launch);
    }

    private void Decode()
    {
        if (isDecoded)
            return;
        new Decoder(module, code, symbols).Run();
        foreach (PtxVariable variable in code.Function.Variables.Where(v => v.Space == StateSpace.Shared))
            shared.Add(variable);
        registers = LaunchLimits.CheckRegisters(code.Function);
        isDecoded = true;
    }

    private static int LargestDynamicAlign(PtxModule module) =>
        module.Variables.Concat(module.Functions.Values.SelectMany(f => f.Variables))
        .Where(v => v is { Space: StateSpace.Shared, IsDynamic: true }).Select(v => v.Align).DefaultIfEmpty(1).Max();

    private static Fault? RunDecoded(Launch launch)
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
