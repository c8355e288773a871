namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Threads of a block, as a type argument.</summary>
public interface IThreads
{
    static abstract int Count { get; }
}
