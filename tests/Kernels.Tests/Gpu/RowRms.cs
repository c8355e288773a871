using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>y = x / rms(x), row by row: the kernel of docs/kernels.md.</summary>
/// <param name="x">[rows, width]</param> <param name="y">[rows, width]</param>
public readonly struct RowRms<TThreads>(View<float> x, View<float> y, int width, float epsilon) : IKernel
    where TThreads : IThreads
{
    public static Block Block => new(TThreads.Count);                  // one row a block

    public void Run()
    {
        View<float> row = x.Slice((long)Grid.BlockX * width, width), result = y.Slice((long)Grid.BlockX * width, width);
        float squares = 0;
        for (int i = Block.ThreadX; i < width; i += Block.SizeX)
        {
            float value = row[i];                                      // each row[i] is a load of its own
            squares += value * value;
        }
        float scale = Approximate.ReciprocalSquareRoot(BlockSum(squares) / width + epsilon);
        for (int i = Block.ThreadX; i < width; i += Block.SizeX)
            result[i] = row[i] * scale;
    }

    /// <summary>The sum over the block, in every thread.</summary>
    private static float BlockSum(float value)
    {
        Shared<float> partial = Shared.Array<float>(TThreads.Count / Warp.Size);
        value = Warp.Sum(value);
        if (Block.ThreadX % Warp.Size == 0)
            partial[Block.ThreadX / Warp.Size] = value;
        Block.Sync();
        float sum = 0;
        for (int i = 0; i < TThreads.Count / Warp.Size; i++)
            sum += partial[i];
        return sum;
    }
}
