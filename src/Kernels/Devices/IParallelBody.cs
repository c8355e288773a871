namespace CogVideoX.Kernels.Devices;

/// <summary>One item of work of <see cref="CpuThreads.For"/>.</summary>
public interface IParallelBody
{
    /// <param name="item">Which item, from 0.</param>
    /// <param name="worker">The thread that runs it.</param>
    void Run(int item, CpuWorker worker);
}
