using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Rows of a table: a CTA has a row, some eights of it a thread.</summary>
/// <param name="ids">[rows]</param>
/// <param name="table">[…, width]</param>
/// <param name="y">[rows, width]</param>
/// <param name="width">A multiple of eight.</param>
[KernelName("embedding")]
internal readonly struct EmbeddingKernel(View<int> ids, AnyCudaNumbers table, AnyCudaNumbers y, int width) : IKernel
{
    /// <summary>The widest row.</summary>
    public const int MostWidth = int.MaxValue - Turn;

    private const int Threads = 128, Eight = 8, Loads = 4, Turn = Threads * Eight * Loads;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        long source = (long)ids[Grid.BlockX] * width, result = (long)Grid.BlockX * width;
        Registers<StoredEight> stored = Registers.Of<StoredEight>(Loads);
        Registers<float> values = Registers.Of<float>(Eight);
        for (int column = Block.ThreadX * Eight; column < width; column += Turn)
        {
            for (int i = 0; i < Loads; i++)
            {
                if (column + i * Threads * Eight < width)
                    stored[i] = table.Read(source + column + i * Threads * Eight);
            }
            for (int i = 0; i < Loads; i++)
            {
                if (column + i * Threads * Eight >= width)
                    continue;
                table.Widen(stored[i], values);
                y.SetEight(result + column + i * Threads * Eight, values);
            }
        }
    }
}
