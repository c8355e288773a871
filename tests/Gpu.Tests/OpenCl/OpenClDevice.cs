using System.Reflection;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace CogVideoX.Gpu.Tests;

/// <summary>
/// Launches nothing, but has ILGPU write OpenCL C of every kernel that would be launched. No OpenCL is needed, and results are zeros.
/// </summary>
internal sealed unsafe class OpenClDevice : HostDevice
{
    private readonly Queue queue;
    private readonly Context context = Contexts.Create(builder => builder);
    private readonly CLBackend backend;

    public OpenClDevice()
    {
        // What ILGPU asks of every device, generic addresses, and the one thing that our kernels need beside it.
        var capabilities = new CLCapabilityContext(
            genericAddressSpace: true, float16: false, float64: false, int64_Atomics: true, subGroups: false);
        backend = new CLBackend(context, capabilities, CLDeviceVendor.Other, CLBackend.MinimumVersion);
        queue = new Queue(backend, Sources);
    }

    /// <summary>The text of each kernel.</summary>
    public Dictionary<MethodInfo, string> Sources { get; } = [];

    /// <inheritdoc/>
    public override string Name => "OpenCL C";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Ilgpu;

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16;

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        queue.Workspace = workspace;
        operation.RunIlgpu(queue);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        backend.Dispose();
        context.Dispose();
        base.Dispose();
    }

    private sealed class Queue(CLBackend backend, Dictionary<MethodInfo, string> sources) : IlgpuQueue
    {
        internal override int Multiprocessors => 4;

        internal override ArrayView<T> View<T>(void* address, long count) => ArrayView<T>.Empty;

        internal override void Launch<TArguments>(Action<TArguments> kernel, KernelConfig config, in TArguments arguments)
        {
            if (sources.ContainsKey(kernel.Method))
                return;
            var entry = EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method);
            sources.Add(kernel.Method, ((CLCompiledKernel)backend.Compile(entry, KernelSpecialization.Empty)).Source);
        }
    }
}
