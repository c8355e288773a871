using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>What CTAs of a kernel leave to later ones, so that a launch allocates little.</summary>
internal sealed class KernelWorkspaces(KernelCode code, SharedLayout layout)
{
    private const long MostBytes = 32 << 20;

    private readonly Stack<WarpWorkspace> warps = [];
    private readonly Stack<SharedMemory> shared = [];
    private long kept;

    public WarpWorkspace TakeWarp()
    {
        if (!warps.TryPop(out WarpWorkspace? workspace))
            return new WarpWorkspace(code);
        kept -= workspace.Bytes;
        workspace.Reset();
        return workspace;
    }

    public SharedMemory TakeShared()
    {
        if (!shared.TryPop(out SharedMemory? workspace))
            return new SharedMemory(layout);
        kept -= workspace.Used;
        workspace.Reset();
        return workspace;
    }

    /// <summary>A CTA has ended, and nothing of it is under way.</summary>
    public void Give(Cta cta)
    {
        foreach (Warp warp in cta.Warps)
        {
            if (kept + warp.Workspace.Bytes > MostBytes)
                return;
            kept += warp.Workspace.Bytes;
            warps.Push(warp.Workspace);
        }
        if (kept + cta.Shared.Used > MostBytes)
            return;
        kept += cta.Shared.Used;
        shared.Push(cta.Shared);
    }
}
