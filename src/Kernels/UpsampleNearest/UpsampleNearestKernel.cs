using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// Pixels of a row of x, each read once and written to four places of one frame, or of two: a CTA has a part of a row, a thread some
/// pixels' same 16 bytes.
/// </summary>
/// <param name="x">[B, F, H, W, words]</param>
/// <param name="y">[B, F', 2H, 2W, words]</param>
/// <param name="words">Of a pixel; at most <see cref="Threads"/>.</param>
/// <param name="size">Of x.</param>
/// <param name="resultFrames">F'</param>
/// <param name="rowParts">CTAs of a row.</param>
[KernelName("upsample_nearest")]
internal readonly unsafe struct UpsampleNearestKernel(
    Bits128* x, Bits128* y, int words, VideoSize size, int resultFrames, int rowParts) : IKernel
{
    /// <summary>Of a CTA.</summary>
    public const int Threads = 256;

    private const int Loads = 4;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <summary>Pixels of a CTA.</summary>
    public static int Pixels(int words) => Threads / words * Loads;

    /// <inheritdoc/>
    public void Run()
    {
        int row = Grid.BlockX / rowParts, frame = row / size.Height, batch = frame / size.Frames, f = frame - batch * size.Frames;
        int lanes = Threads / words, lane = Block.ThreadX / words, word = Block.ThreadX - lane * words;
        int first = (Grid.BlockX - row * rowParts) * lanes * Loads + lane, rowWords = 2 * size.Width * words;
        if (lane >= lanes)
            return;
        Bits128* source = x + (long)row * size.Width * words + word;
        Registers<Bits128> pixels = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            if (first + i * lanes < size.Width)
                pixels[i] = source[(first + i * lanes) * words];
        }
        int odd = size.Frames % 2, resultFrame = resultFrames == size.Frames ? f : Math.Max(0, 2 * f - odd);
        bool isDoubled = resultFrames != size.Frames && (f > 0 || odd == 0);
        long resultRow = ((long)batch * resultFrames + resultFrame) * 2 * size.Height + 2 * (row - frame * size.Height);
        for (int i = 0; i < Loads; i++)
        {
            if (first + i * lanes >= size.Width)
                continue;
            Bits128* place = y + resultRow * rowWords + 2 * (first + i * lanes) * words + word;
            Write(place, rowWords, pixels[i]);
            if (isDoubled)
                Write(place + 2L * size.Height * rowWords, rowWords, pixels[i]);
        }
    }

    private void Write(Bits128* place, int rowWords, Bits128 pixel)
    {
        place[0] = pixel;
        place[words] = pixel;
        place[rowWords] = pixel;
        place[rowWords + words] = pixel;
    }
}
