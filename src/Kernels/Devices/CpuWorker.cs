namespace CogVideoX.Kernels.Devices;

/// <summary>One thread of a <see cref="CpuThreads"/> team, with memory of its own.</summary>
public sealed unsafe class CpuWorker
{
    private readonly CpuThreads team;
    private void* scratch;
    private long scratchBytes;

    internal CpuWorker(int index, CpuThreads team)
    {
        Index = index;
        this.team = team;
    }

    ~CpuWorker() => Release();

    /// <summary>From 0, which is the calling thread.</summary>
    public int Index { get; }

    /// <inheritdoc cref="CpuThreads.Workspace"/>
    public void* Workspace => team.Workspace;

    /// <summary>True when the work is to stop: an item that lasts looks now and then, and returns; what it wrote is thrown away.</summary>
    public bool IsCancelled => team.Cancellation.IsCancellationRequested;

    /// <summary>
    /// Memory for packing and partial results: at least <paramref name="bytes"/> bytes, aligned to 64, contents undefined. Each
    /// call returns the same block, grown where needed; it stays until the team is disposed, so that later calls allocate nothing.
    /// </summary>
    public void* Scratch(long bytes)
    {
        if (scratchBytes < bytes)
        {
            long whole = bytes < HostMemory.HugePage / 2
                ? bytes
                : (bytes + HostMemory.HugePage - 1) / HostMemory.HugePage * HostMemory.HugePage;
            Release();
            scratch = (void*)HostMemory.Allocate(whole);
            scratchBytes = whole;
        }
        return scratch;
    }

    internal void Release()
    {
        HostMemory.Free((nint)scratch);
        scratch = null;
        scratchBytes = 0;
    }
}
