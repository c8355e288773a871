using System.Runtime.CompilerServices;
using CogVideoX.Emulator;
using ILGPU;

namespace CogVideoX.Ilgpu;

/// <summary>
/// Runs kernels of ILGPU on the emulator and reports what is wrong with them: races, reads and writes outside a buffer, reads of what
/// nobody wrote, barriers that not all threads reach. No GPU is needed, and the kernels stay as they are.
/// </summary>
/// <example><code>
/// static void Twice(Index1D i, ArrayView&lt;float&gt; x) => x[i] = 2 * x[i];
///
/// VerificationReport report = KernelVerifier.Verify(accelerator =>
/// {
///     using var x = accelerator.Allocate1D(new float[] { 1, 2, 3 });
///     accelerator.LoadAutoGroupedStreamKernel&lt;Index1D, ArrayView&lt;float&gt;&gt;(Twice)(3, x.View);
///     accelerator.Synchronize();
/// });
/// Console.WriteLine(report);
/// </code></example>
public static class KernelVerifier
{
    /// <summary>Runs a program's part that uses an accelerator, and checks every launch of it.</summary>
    /// <param name="program">Allocates, copies, launches, as on any accelerator. Its own exceptions come through.</param>
    /// <param name="options">How; null for the defaults.</param>
    public static VerificationReport Verify(Action<EmulatorAccelerator> program, VerifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        options ??= new VerifierOptions();
        var runs = new List<KernelRun>();
        KernelFault? fault = null;
        EmulatorAccelerator? used = null;
        using Context context = Context.Create(builder =>
        {
            SetDebugSymbols(builder, DebugSymbolsMode.KernelSourceAnnotations); // the least that writes .loc lines
            options.Context?.Invoke(builder);
        });
        using EmulatorAccelerator accelerator =
            new EmulatorDevice(options.Architecture, Emulated(options, Finished)).CreateEmulatorAccelerator(context);
        used = accelerator;
        try
        {
            program(accelerator);
            accelerator.Synchronize();
        }
        catch (EmulatedDeviceException) when (fault is not null)
        {
            // It is in the report.
        }
        return new VerificationReport(fault, runs);

        void Finished(EmulatedKernel kernel, LaunchReport report)
        {
            if (report.Fault is null)
                runs.Add(new KernelRun(kernel.Name, report.Counters, report.Printed));
            else
                fault ??= FaultOf(kernel, used!.Texts[kernel], report);
        }
    }

    /// <summary>
    /// Launches one kernel, and checks it. Arrays become buffers, and hold what the kernel left there when the launch was sound.
    /// </summary>
    /// <param name="kernel">the method, as a launcher of ILGPU takes it</param>
    /// <param name="extent">how many threads (as the kernel's index has them), or a <see cref="KernelConfig"/></param>
    /// <param name="arguments">
    /// in the kernel's order: an array for a view (of one dimension, or of two or three with a dense stride), anything else as it is
    /// </param>
    /// <exception cref="ArgumentException">The kernel doesn't take that; the message says which argument, and what it takes.</exception>
    /// <example><code>
    /// VerificationReport report = KernelVerifier.Verify(Twice, x.Length, x);
    /// </code></example>
    public static VerificationReport Verify(Delegate kernel, LaunchExtent extent, params object[] arguments) =>
        Verify(new VerifierOptions(), kernel, extent, arguments);

    /// <inheritdoc cref="Verify(Delegate, LaunchExtent, object[])"/>
    public static VerificationReport Verify(VerifierOptions options, Delegate kernel, LaunchExtent extent, params object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Verify(new VerifiedLaunch(kernel, extent, arguments).Run, options);
    }

    private static EmulatedDeviceOptions Emulated(VerifierOptions options, Action<EmulatedKernel, LaunchReport> finished)
    {
        var device = new EmulatedDeviceOptions();
        return device with
        {
            Launch = device.Launch with { Seed = options.Seed, AcceptPlainReadsOfAtomics = options.AcceptPlainReadsOfAtomics },
            Count = options.Count,
            Launched = finished,
        };
    }

    // ILGPU 1.5.3's Builder.DebugSymbols checks what it is given, and then keeps nothing of it.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_DebugSymbolsMode")]
    private static extern void SetDebugSymbols(ContextProperties properties, DebugSymbolsMode mode);

    private static KernelFault FaultOf(EmulatedKernel kernel, string ptx, LaunchReport report)
    {
        Fault fault = report.Fault!;
        string text = fault.Line == 0 ? "" : ptx.Split('\n')[fault.Line - 1].Trim();
        string? source = report.FileNames.TryGetValue(fault.Source.File, out string? file) ? $"{file}({fault.Source.Line})" : null;
        return new KernelFault(kernel.Name, fault, text, source);
    }
}
