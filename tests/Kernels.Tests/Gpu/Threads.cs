namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Threads of a block, as a type argument.</summary>
public interface IThreads
{
    static abstract int Count { get; }
}

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
