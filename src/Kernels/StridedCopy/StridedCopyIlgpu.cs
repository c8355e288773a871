using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct StridedCopy
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (blocks == 0 || blockBytes == 0)
            return;
        if (blocks > 1 && xStride == blockBytes && yStride == blockBytes)
            new StridedCopy(x, y, 1, blocks * blockBytes, 0, 0).RunIlgpu(queue);
        else
            Words.Run(Words.Bytes((nint)x | (nint)y | blockBytes | (blocks > 1 ? xStride | yStride : 0)), new Launch(this, queue));
    }

    // A thread a word.
    private static void CopyWords<TWord>(Arguments<TWord> a) where TWord : unmanaged
    {
        long index = IlgpuQueue.Index;
        if (index >= a.Count)
            return;
        long block = index < a.Words ? 0 : Division.Quotient(index, a.Words), word = index - block * a.Words;
        a.Y[block * a.YStride + word] = a.X[block * a.XStride + word];
    }

    // Words of a block and distances of blocks, both in words; Count of all.
    internal readonly record struct Arguments<TWord>(
        ArrayView<TWord> X, ArrayView<TWord> Y, long Words, long XStride, long YStride, long Count)
        where TWord : unmanaged;

    private readonly struct Launch(StridedCopy copy, IlgpuQueue queue) : IWordAction
    {
        public void Run<TWord>() where TWord : unmanaged
        {
            int size = sizeof(TWord);
            long words = copy.blockBytes / size, xStride = copy.xStride / size, yStride = copy.yStride / size, last = copy.blocks - 1;
            queue.LaunchEach(CopyWords, copy.blocks * words, new Arguments<TWord>(
                queue.View<TWord>(copy.x, last * xStride + words), queue.View<TWord>(copy.y, last * yStride + words),
                words, xStride, yStride, copy.blocks * words));
        }
    }
}
