namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Counts of threads.</summary>
public static class Threads
{
    public readonly struct T64 : IThreads
    {
        public static int Count => 64;
    }

    public readonly struct T128 : IThreads
    {
        public static int Count => 128;
    }
}
