using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct UpsampleNearest
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Words.Run(
        Words.Bytes((nint)x.Address | (nint)y.Address | (long)size.Channels * x.ElementSize), new Launch(this, queue));

    // A thread a word of the source, which it writes to four pixels of one frame, or of two.
    private static void UpsampleWords<TWord>(Arguments<TWord> a) where TWord : unmanaged
    {
        long index = IlgpuQueue.Index;
        if (index >= a.X.Length)
            return;
        TWord word = a.X[index];
        long pixel = Division.Quotient(index, a.Words), row = Division.Quotient(pixel, a.Width), frame = Division.Quotient(row, a.Height);
        long batch = Division.Quotient(frame, a.Frames), f = frame - batch * a.Frames;
        long wide = 2L * a.Width * a.Words, whole = wide * 2 * a.Height; // of the result: a row, a frame
        // Without && and ||: ILGPU 1.5 takes what a branch of threads apart chose among constants for the same in all of them.
        bool isSingle = a.ResultFrames == a.Frames | (f == 0 & (a.Frames & 1) == 1);
        long resultFrame = a.ResultFrames == a.Frames || f == 0 ? f : 2 * f - (a.Frames & 1);
        long target = (batch * a.ResultFrames + resultFrame) * whole + 2 * (row - frame * a.Height) * wide
            + 2 * (pixel - row * a.Width) * a.Words + (index - pixel * a.Words);
        Write(a.Y, target, a.Words, wide, word);
        if (!isSingle)
            Write(a.Y, target + whole, a.Words, wide, word);
    }

    private static void Write<TWord>(ArrayView<TWord> y, long target, int right, long down, TWord word) where TWord : unmanaged
    {
        y[target] = word;
        y[target + right] = word;
        y[target + down] = word;
        y[target + down + right] = word;
    }

    // Words are those of a pixel.
    internal readonly record struct Arguments<TWord>(
        ArrayView<TWord> X, ArrayView<TWord> Y, int Words, int Width, int Height, int Frames, int ResultFrames)
        where TWord : unmanaged;

    private readonly struct Launch(UpsampleNearest operation, IlgpuQueue queue) : IWordAction
    {
        public void Run<TWord>() where TWord : unmanaged
        {
            VideoSize size = operation.size, result = operation.Result;
            long elementsPerWord = sizeof(TWord) / operation.x.ElementSize, count = size.Count / elementsPerWord;
            if (count == 0)
                return;
            queue.LaunchEach(UpsampleWords, count, new Arguments<TWord>(
                queue.View<TWord>(operation.x.Address, count), queue.View<TWord>(operation.y.Address, result.Count / elementsPerWord),
                (int)(size.Channels / elementsPerWord), size.Width, size.Height, size.Frames, result.Frames));
        }
    }
}
