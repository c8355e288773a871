using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Device;

/// <summary>A launch of a kernel that is ready to be run.</summary>
internal readonly record struct KernelWork(EmulatedKernel Kernel, PreparedKernel Prepared, Launch Launch)
{
    /// <summary>A launch, and what a device would refuse of it.</summary>
    /// <exception cref="PtxException">The kernel can't be decoded.</exception>
    public static (KernelWork Work, Fault? Refused) Make(
        EmulatedKernel kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, bool cooperative, int seed)
    {
        EmulatedDeviceOptions options = kernel.Module.Device.Options;
        PreparedKernel prepared = kernel.Prepare(dynamicSharedBytes);
        Launch launch = prepared.Launch(grid, block, cooperative, options.Launch, options.Architecture, seed, options.Count);
        return (new KernelWork(kernel, prepared, launch), prepared.Check(launch));
    }

    /// <exception cref="OperationCanceledException">Cancelled; what it had written by then stays.</exception>
    public LaunchReport Run(ReadOnlySpan<byte> parameters, CancellationToken cancellation)
    {
        Launch.Cancellation = cancellation;
        Kernel.Put(parameters, Prepared.Parameters);
        return Report(Prepared.Run(Launch));
    }

    public LaunchReport Report(Fault? fault) =>
        Launch.Report(
            fault, fault is { Line: 0, Kind: FaultKind.Limit } ? CounterSummary.None : CounterSummary.Of(Launch), Kernel.Module.Ptx.Files);
}
