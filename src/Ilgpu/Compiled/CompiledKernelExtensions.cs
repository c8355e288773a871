using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using CompiledKernel = CogVideoX.Compiler.CompiledKernel;

namespace CogVideoX.Ilgpu;

/// <summary>Kernels of our own compiler on ILGPU's accelerators, buffers and streams.</summary>
/// <example><code>
/// using LoadedKernel&lt;GemmMmaBf16&gt; product = accelerator.LoadCompiled&lt;GemmMmaBf16&gt;();
/// product.Launch(
///     accelerator.DefaultStream, new Index3D(columns / 64, rows / 64, 1),
///     new GemmMmaBf16(a.View.ToView().As&lt;BFloat16&gt;(), b.View.ToView().As&lt;BFloat16&gt;(), c.View.ToView(), rows, columns, depth));
/// </code></example>
public static class CompiledKernelExtensions
{
    /// <summary>Compiles a kernel and loads it.</summary>
    /// <typeparam name="TKernel">
    /// the kernel; its fields are its constructor's parameters in order, as primary constructors make them
    /// </typeparam>
    /// <param name="options">for which device, and how; without them, for the least that the kernel needs</param>
    /// <exception cref="CompileException">The kernel says something that a GPU or this target can't do.</exception>
    /// <exception cref="ArgumentException">The kernel's fields don't lie as its parameters do.</exception>
    /// <exception cref="NotSupportedException">The accelerator can't run such kernels, or not this one.</exception>
    public static LoadedKernel<TKernel> LoadCompiled<TKernel>(this Accelerator accelerator, CompileOptions? options = null)
        where TKernel : unmanaged, IKernel
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        CompiledKernel compiled = KernelCompiler.Compile<TKernel>(options);
        ParameterBlock.RequireFieldsOf<TKernel>(compiled);
        return new LoadedKernel<TKernel>(accelerator.LoadCompiled(compiled));
    }

    /// <summary>Loads a kernel that was compiled before. It lasts until it is disposed, or as long as the accelerator.</summary>
    /// <exception cref="NotSupportedException">
    /// The accelerator is neither a card with CUDA nor the emulator, or its architecture isn't one that the kernel was compiled for.
    /// </exception>
    /// <exception cref="CudaException">The driver doesn't take the module; the message has its log.</exception>
    public static LoadedKernel LoadCompiled(this Accelerator accelerator, CompiledKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(kernel);
        switch (accelerator)
        {
            case EmulatorAccelerator emulator:
                RequireRuns(kernel, emulator, ((EmulatorDevice)emulator.Device).Architecture);
                return new EmulatorLoadedKernel(emulator, kernel);
            case CudaAccelerator cuda:
                RequireRuns(kernel, cuda, cuda.CardArchitecture());
                return new CudaLoadedKernel(cuda, kernel);
            default:
                throw new NotSupportedException(
                    $"'{kernel.Entry}' can't be loaded on '{accelerator.Name}', an accelerator of kind {accelerator.AcceleratorType}: "
                        + $"compiled kernels are PTX, which a {nameof(CudaAccelerator)} and an {nameof(EmulatorAccelerator)} run.");
        }
    }

    /// <summary>The same memory, as our kernels take it; valid as long as the buffer.</summary>
    public static unsafe View<T> ToView<T>(this ArrayView<T> view)
        where T : unmanaged => view.IsValid ? new View<T>((T*)view.LoadEffectiveAddressAsPtr(), view.Length) : default;

    /// <inheritdoc cref="ToView{T}(ArrayView{T})"/>
    public static View<T> ToView<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged => view.BaseView.ToView();

    private static void RequireRuns(CompiledKernel kernel, Accelerator accelerator, CudaArchitecture architecture)
    {
        int has = architecture.Major * 10 + architecture.Minor, asks = kernel.Target.Architecture;
        if (kernel.Target.IsSpecific ? has == asks : has >= asks)
            return;
        string runs = kernel.Target.IsSpecific ? $"which runs on sm_{asks} alone" : $"and needs sm_{asks} or later";
        throw new NotSupportedException(
            $"'{kernel.Entry}' was compiled for {kernel.Target}, {runs}; '{accelerator.Name}' is sm_{has}. "
                + $"Compile it for another target ({nameof(CompileOptions)}.{nameof(CompileOptions.Target)}), if it can do with less.");
    }
}
