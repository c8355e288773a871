using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

/// <summary>On a card: a CUDA graph.</summary>
internal sealed class CudaLaunchGraph : LaunchGraph
{
    private readonly CudaAccelerator accelerator;
    private nint executable;

    private CudaLaunchGraph(CudaAccelerator accelerator, nint executable, int launches)
    {
        this.accelerator = accelerator;
        this.executable = executable;
        Launches = launches;
    }

    public override int Launches { get; }

    public static CudaLaunchGraph Of(CudaStream stream, Action work)
    {
        using ScopedAcceleratorBinding bound = stream.BindScoped();
        nint graph = Captured(stream.StreamPtr, work);
        try
        {
            Check(CudaFunctions.CountGraphNodes(graph, out int nodes), "The nodes of a graph can't be counted");
            Check(
                CudaFunctions.InstantiateGraph(out nint executable, graph),
                $"The driver can't make a graph of {nodes} launches");
            return new CudaLaunchGraph((CudaAccelerator)stream.Accelerator, executable, nodes);
        }
        finally
        {
            _ = CudaFunctions.DestroyGraph(graph);
        }
    }

    public override void Launch(AcceleratorStream stream)
    {
        ObjectDisposedException.ThrowIf(executable == 0, this);
        using ScopedAcceleratorBinding bound = stream.BindScoped();
        Check(
            CudaFunctions.LaunchGraph(executable, ((CudaStream)stream).StreamPtr),
            $"A graph of {Launches} launches wasn't launched");
    }

    protected override void Dispose(bool disposing)
    {
        if (executable == 0 || accelerator.IsDisposed)
            return;
        using ScopedAcceleratorBinding bound = accelerator.BindScoped();
        _ = CudaFunctions.DestroyGraphExecutable(executable); // fails where an earlier call has, which said so
        executable = 0;
    }

    // Work that throws leaves the stream as it was, and its exception is the one that is told.
    private static nint Captured(nint stream, Action work)
    {
        Check(CudaFunctions.BeginCapture(stream), "The driver can't capture a stream");
        try
        {
            work();
        }
        catch
        {
            if (CudaFunctions.EndCapture(stream, out nint part) == CudaError.CUDA_SUCCESS && part != 0)
                _ = CudaFunctions.DestroyGraph(part);
            throw;
        }
        Check(CudaFunctions.EndCapture(stream, out nint graph), "What was launched can't be made a graph");
        return graph;
    }

    private static void Check(CudaError error, string what)
    {
        if (error != CudaError.CUDA_SUCCESS)
            throw new CudaException($"{what}: {CudaAPI.CurrentAPI.GetErrorString(error)} ({error}).");
    }
}
