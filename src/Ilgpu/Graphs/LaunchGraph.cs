using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

/// <summary>
/// Launches of a stream that were captured, to be launched again as one piece: a CUDA graph on a card, the list of them on the emulator.
/// Arguments, addresses among them, are as they were; memory that is behind those must live as long as the graph is launched.
/// </summary>
/// <example><code>
/// using LaunchGraph graph = LaunchGraph.Capture(stream, () => kernel.Launch(stream, grid, arguments));
/// for (int i = 0; i &lt; steps; i++)
///     graph.Launch(stream);
/// </code></example>
public abstract class LaunchGraph : IDisposable
{
    /// <summary>How many launches it has, copies and fills within the device's memory included.</summary>
    public abstract int Launches { get; }

    /// <summary>
    /// Whether streams of an accelerator can be captured: those of cards whose driver has CUDA 11.4 or later, and of the emulator.
    /// </summary>
    public static bool CanCapture(Accelerator accelerator) =>
        accelerator is EmulatorAccelerator || (accelerator is CudaAccelerator && CudaFunctions.HasGraphs);

    /// <summary>
    /// Captures what a stream is given by some work: nothing of it runs. Meanwhile this thread asks for no memory and gives none back,
    /// loads no kernel (launch each once before), copies nothing to or from the host, and doesn't wait.
    /// </summary>
    /// <param name="stream">One of its own, not the accelerator's default stream.</param>
    /// <param name="work">Launches on that stream.</param>
    /// <exception cref="NotSupportedException">The accelerator is of another kind.</exception>
    /// <exception cref="CudaException">The driver can't capture, or can't make the graph.</exception>
    public static LaunchGraph Capture(AcceleratorStream stream, Action work)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(work);
        return stream switch
        {
            CudaStream cuda => CudaLaunchGraph.Of(cuda, work),
            EmulatorStream emulator => EmulatorLaunchGraph.Of(emulator, work),
            _ => throw new NotSupportedException(
                $"'{stream.Accelerator.Name}' has no graphs: streams of cards with CUDA and of the emulator can be captured."),
        };
    }

    /// <summary>Launches all of it, in the order of the stream's work.</summary>
    /// <param name="stream">One of the same accelerator.</param>
    public abstract void Launch(AcceleratorStream stream);

    /// <summary>Lets the graph go. What of it is launched already is done all the same.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing) { }
}
