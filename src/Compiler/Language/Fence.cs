namespace CogVideoX.Compiler.Language;

/// <summary>Orders a thread's memory accesses.</summary>
public static class Fence
{
    /// <summary>For the threads of the block.</summary>
    [Ptx("membar.cta;")]
    public static void Block() => DeviceOnly.Called();

    /// <summary>For all threads of the device.</summary>
    [Ptx("membar.gl;")]
    public static void Device() => DeviceOnly.Called();

    /// <summary>Between ordinary accesses to shared memory and asynchronous ones (TMA, wgmma).</summary>
    [Ptx("fence.proxy.async.shared::cta;", Architecture = 90, IsaVersion = 80)]
    public static void AsyncProxy() => DeviceOnly.Called();
}
