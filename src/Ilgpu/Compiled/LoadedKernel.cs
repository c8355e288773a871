using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using CompiledKernel = CogVideoX.Compiler.CompiledKernel;

namespace CogVideoX.Ilgpu;

/// <summary>A kernel of our own compiler on an accelerator of ILGPU: <see cref="CompiledKernelExtensions"/>.</summary>
public abstract class LoadedKernel : AcceleratorObject
{
    private readonly ParameterBlock block;

    private protected LoadedKernel(Accelerator accelerator, CompiledKernel compiled) : base(accelerator)
    {
        Compiled = compiled;
        block = new ParameterBlock(compiled);
    }

    /// <summary>Its PTX, its parameters, the threads of its block.</summary>
    public CompiledKernel Compiled { get; }

    /// <summary>Launches it, in the order of the stream's work. A block has the threads that the kernel was compiled for.</summary>
    /// <typeparam name="TParameters">
    /// A struct of all parameters in order, each at a multiple of its alignment, as C has them; a view is its address and its length
    /// (64 bits each), a pointer that of <c>view.LoadEffectiveAddressAsPtr()</c>.
    /// </typeparam>
    /// <param name="stream">one of the kernel's accelerator</param> <param name="grid">blocks</param>
    /// <param name="parameters">read before the method returns</param>
    /// <param name="dynamicSharedBytes">size of <c>Shared.Dynamic</c>, in each block</param>
    /// <exception cref="ArgumentException">
    /// The parameters have another size than the kernel's, or the stream is another accelerator's.
    /// </exception>
    /// <exception cref="CudaException">The driver refuses the launch.</exception>
    public void Launch<TParameters>(AcceleratorStream stream, Index3D grid, in TParameters parameters, int dynamicSharedBytes = 0)
        where TParameters : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<TParameters, byte>(ref Unsafe.AsRef(in parameters)), Unsafe.SizeOf<TParameters>());
        LaunchBytes(stream, grid, bytes, dynamicSharedBytes);
    }

    /// <summary>As <see cref="Launch{TParameters}"/>, with the parameters as bytes.</summary>
    /// <inheritdoc cref="Launch{TParameters}"/>
    public void LaunchBytes(AcceleratorStream stream, Index3D grid, ReadOnlySpan<byte> parameters, int dynamicSharedBytes = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (stream.Accelerator != Accelerator)
        {
            throw new ArgumentException(
                $"'{Compiled.Entry}' is on '{Accelerator.Name}', and the stream is another accelerator's.", nameof(stream));
        }
        if (grid.X < 1 || grid.Y < 1 || grid.Z < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(grid), $"'{Compiled.Entry}' can't be launched with {grid.X} x {grid.Y} x {grid.Z} blocks: there is at least one.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(dynamicSharedBytes);
        LaunchFitting(stream, grid, block.Fitting(parameters), dynamicSharedBytes);
    }

    private protected abstract void LaunchFitting(
        AcceleratorStream stream, Index3D grid, ReadOnlySpan<byte> parameters, int dynamicSharedBytes);
}
