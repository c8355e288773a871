using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.IL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu;

/// <summary>
/// An accelerator of ILGPU whose kernels the PTX emulator runs. Each access is checked: a race, a read of what nobody wrote, an address
/// outside a buffer, threads that part where they must not, ends the launch with an <see cref="EmulatedDeviceException"/> that says where.
/// </summary>
public sealed class EmulatorAccelerator : KernelAccelerator<PTXCompiledKernel, EmulatorKernel>
{
    private const int ExtentArgument = 2; // of a launcher: kernel, stream, extent, the kernel's own arguments

    private static readonly MethodInfo LaunchMethod =
        typeof(EmulatorKernel).GetMethod(nameof(EmulatorKernel.Launch), BindingFlags.Static | BindingFlags.NonPublic)!;

    private readonly PTXBackend backend;

    internal EmulatorAccelerator(Context context, EmulatorDevice device) : base(context, device)
    {
        Emulated = new EmulatedDevice(device.Options);
        NativePtr = 1; // any but 0, which is none
        backend = new PTXBackend(context, device.Architecture, device.InstructionSet, null!);
        DefaultStream = CreateStreamInternal();
        Bind();
        Init(backend);
        OnAcceleratorCreated();
    }

    /// <summary>The emulator: memory in use, launches, faults; <see cref="EmulatedDevice.Lose"/> takes it away.</summary>
    public EmulatedDevice Emulated { get; }

    /// <summary>What ILGPU wrote for each kernel that was loaded.</summary>
    internal Dictionary<EmulatedKernel, string> Texts { get; } = [];

    /// <summary>There are no extensions for what isn't one of ILGPU's own accelerators.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override TExtension CreateExtension<TExtension, TExtensionProvider>(TExtensionProvider provider) =>
        throw new NotSupportedException($"{typeof(TExtension).Name} can't be had: {Name} isn't one of ILGPU's own accelerators.");

    /// <inheritdoc/>
    protected override MemoryBuffer AllocateRawInternal(long length, int elementSize) => new EmulatorBuffer(this, length, elementSize);

    /// <inheritdoc/>
    protected override AcceleratorStream CreateStreamInternal() => new EmulatorStream(this);

    /// <inheritdoc/>
    protected override void SynchronizeInternal() => Emulated.Synchronise();

    /// <inheritdoc/>
    protected override void OnBind() { }

    /// <inheritdoc/>
    protected override void OnUnbind() { }

    /// <inheritdoc/>
    protected override bool CanAccessPeerInternal(Accelerator otherAccelerator) => false;

    /// <inheritdoc/>
    protected override void EnablePeerAccessInternal(Accelerator otherAccelerator) =>
        throw new NotSupportedException("An emulated device has no peers.");

    /// <inheritdoc/>
    protected override void DisablePeerAccessInternal(Accelerator otherAccelerator) { }

    /// <inheritdoc/>
    protected override EmulatorKernel CreateKernel(PTXCompiledKernel compiledKernel) => new(this, compiledKernel, null);

    /// <inheritdoc/>
    protected override EmulatorKernel CreateKernel(PTXCompiledKernel compiledKernel, MethodInfo launcher) =>
        new(this, compiledKernel, launcher);

    /// <summary>
    /// A method that ILGPU calls to launch: it puts the arguments into a block as the kernel's parameters lie and hands that to
    /// <see cref="EmulatorKernel.Launch"/>.
    /// </summary>
    protected override MethodInfo GenerateKernelLauncherMethod(PTXCompiledKernel kernel, int customGroupSize)
    {
        EntryPoint entry = EntryOf(kernel);
        if (entry.HasByRefParameters)
            throw new NotSupportedException($"{kernel.Name} takes a parameter by reference, which no accelerator has.");
        Type extent = entry.IsExplicitlyGrouped ? typeof(KernelConfig) : entry.KernelIndexType;
        Type[] types = [typeof(Kernel), typeof(AcceleratorStream), extent, .. entry.Parameters];
        using RuntimeSystem.ScopedLock held = Context.RuntimeSystem.DefineRuntimeMethod(
            typeof(void), types, out RuntimeSystem.MethodEmitter method);
        var emitter = new ILEmitter(method.ILGenerator);
        (ILLocal block, int bytes) = backend.ArgumentMapper.Map(emitter, entry);
        for (int i = 0; i < ExtentArgument; i++)
            emitter.Emit(ArgumentOperation.Load, i);
        emitter.Emit(ArgumentOperation.Load, ExtentArgument);
        emitter.Emit(OpCodes.Box, extent);
        emitter.EmitConstant(customGroupSize > 0 ? customGroupSize : WarpSize);
        emitter.Emit(LocalOperation.LoadAddress, block);
        emitter.EmitConstant(bytes);
        emitter.EmitCall(LaunchMethod.MakeGenericMethod(block.VariableType));
        emitter.Emit(OpCodes.Ret);
        emitter.Finish();
        return method.Finish();
    }

    /// <inheritdoc/>
    protected override int EstimateMaxActiveGroupsPerMultiprocessorInternal(
        Kernel kernel, int groupSize, int dynamicSharedMemorySizeInBytes) => Math.Max(1, MaxNumThreadsPerMultiprocessor / groupSize);

    /// <inheritdoc/>
    protected override int EstimateGroupSizeInternal(
        Kernel kernel, Func<int, int> computeSharedMemorySize, int maxGroupSize, out int minGridSize) =>
        EstimateGroupSizeInternal(kernel, 0, maxGroupSize, out minGridSize);

    /// <inheritdoc/>
    protected override int EstimateGroupSizeInternal(
        Kernel kernel, int dynamicSharedMemorySizeInBytes, int maxGroupSize, out int minGridSize)
    {
        minGridSize = NumMultiprocessors;
        return maxGroupSize > 0 ? Math.Min(maxGroupSize, 128) : 128;
    }

    /// <inheritdoc/>
    protected override PageLockScope<T> CreatePageLockFromPinnedInternal<T>(IntPtr pinned, long numElements) =>
        new Pinned<T>(this, pinned, numElements);

    /// <inheritdoc/>
    protected override void DisposeAccelerator_SyncRoot(bool disposing)
    {
        if (disposing)
        {
            backend.Dispose();
            Emulated.Dispose();
        }
    }

    // ILGPU 1.5.3 keeps what a launcher needs to know of a kernel to itself.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EntryPoint")]
    private static extern EntryPoint EntryOf(CompiledKernel kernel);

    // All of the host's memory can be read by the emulator as it is.
    private sealed class Pinned<T> : PageLockScope<T> where T : unmanaged
    {
        public Pinned(Accelerator accelerator, IntPtr address, long count) : base(accelerator, count) => AddrOfLockedObject = address;

        protected override void DisposeAcceleratorObject(bool disposing) { }
    }
}
