using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct SampleGaussian
{
    /// <inheritdoc/>
    public void RunCpu(CpuThreads threads) => threads.For(ElementBlocks.Count(count), new Parts(this));

    // Latents are few: a video's are fewer than the pixels of one of its frames.
    private readonly struct Parts(SampleGaussian operation) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            float* mean = operation.mean.Floats, logVariance = operation.logVariance.Floats;
            float* noise = operation.noise.Floats, y = operation.y.Floats;
            (long first, long end) = ElementBlocks.Range(item, operation.count);
            for (long i = first; i < end; i++)
                y[i] = mean[i] + MathF.Exp(0.5f * Math.Clamp(logVariance[i], LeastLogVariance, MostLogVariance)) * noise[i];
        }
    }
}
