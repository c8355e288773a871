using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

// Graphs: cuda.h, 11.4 and later.
internal static partial class CudaFunctions
{
    private const int ThreadLocal = 1; // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads may do as they like meanwhile

    /// <summary>Whether the driver is new enough.</summary>
    public static bool HasGraphs { get; } =
        TryLoad(out nint driver) && NativeLibrary.TryGetExport(driver, "cuGraphInstantiateWithFlags", out _);

    public static CudaError BeginCapture(nint stream) => BeginCapture(stream, ThreadLocal);

    public static unsafe CudaError CountGraphNodes(nint graph, out int count)
    {
        nuint nodes = 0;
        CudaError error = GetGraphNodes(graph, 0, &nodes);
        count = (int)nodes;
        return error;
    }

    public static CudaError InstantiateGraph(out nint executable, nint graph) => InstantiateGraph(out executable, graph, 0);

    [LibraryImport(Library, EntryPoint = "cuStreamEndCapture")]
    public static partial CudaError EndCapture(nint stream, out nint graph);

    [LibraryImport(Library, EntryPoint = "cuGraphLaunch")]
    public static partial CudaError LaunchGraph(nint executable, nint stream);

    [LibraryImport(Library, EntryPoint = "cuGraphExecDestroy")]
    public static partial CudaError DestroyGraphExecutable(nint executable);

    [LibraryImport(Library, EntryPoint = "cuGraphDestroy")]
    public static partial CudaError DestroyGraph(nint graph);

    [LibraryImport(Library, EntryPoint = "cuStreamBeginCapture_v2")]
    private static partial CudaError BeginCapture(nint stream, int mode);

    [LibraryImport(Library, EntryPoint = "cuGraphGetNodes")]
    private static unsafe partial CudaError GetGraphNodes(nint graph, nint nodes, nuint* count);

    [LibraryImport(Library, EntryPoint = "cuGraphInstantiateWithFlags")]
    private static partial CudaError InstantiateGraph(out nint executable, nint graph, ulong flags);
}
