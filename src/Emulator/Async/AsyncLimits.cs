using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Async;

/// <summary>What a warp may not leave behind when it ends.</summary>
internal static class AsyncLimits
{
    public static void CheckAtExit(Warp warp)
    {
        warp.Cta.Warpgroups.CheckAtExit(warp);
        if (warp.Async.Find(Actor.BulkRead) is { } stores)
        {
            for (int lane = 0; lane < Warp.Lanes; lane++)
            {
                if (stores.Waited[lane] < stores.LastUsed[lane])
                {
                    throw new FaultException(
                        FaultKind.Asynchronous, "a thread ends while a bulk store may still read its shared memory")
                    { Lane = lane };
                }
            }
        }
        if (warp.Async.Find(Actor.Wgmma) is { } products && products.Waited[0] < products.LastUsed[0])
            throw new FaultException(FaultKind.Asynchronous, "a warp ends with a wgmma that hasn't been waited for");
    }
}
