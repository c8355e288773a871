using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels.Tests;

/// <summary>Where kernels of our compiler read a convolution: the same code, on the host, at sizes too large to emulate.</summary>
public sealed unsafe class ConvolutionWindowsTests
{
    private const int Copied = 128;

    private static readonly ConvolutionSize[] Sizes =
    [
        new(new(1, 49, 480, 720, 128), 128, 3, 3, 3, 1, PadEnd: false),
        new(new(1, 2, 2160, 3840, 128), 3, 3, 3, 3, 1, PadEnd: false),
        new(new(2, 13, 60, 90, 512), 512, 3, 3, 3, 1, PadEnd: false),
        new(new(1, 1, 480, 720, 128), 128, 1, 3, 3, 2, PadEnd: true),
        new(new(1, 3, 7, 9, 2048), 8, 3, 3, 3, 1, PadEnd: false),
        new(new(1, 2, 1, 1, 8), 8, 3, 3, 3, 1, PadEnd: false),
        new(new(1, 2, 9, 4, 24), 8, 2, 5, 3, 3, PadEnd: false),
        new(new(1, 2, 6, 5, 16), 8, 1, 1, 1, 1, PadEnd: true),
    ];

    [Fact]
    public void EachPixelReadsItsTaps()
    {
        foreach (ConvolutionSize size in Sizes)
        {
            Assert.True(ConvolutionWindows.Takes(size, Copied), $"{size}");
            var windows = new ConvolutionWindows(size);
            foreach (int pixel in Pixels(size))
            {
                for (int depth = 0; depth < windows.Depth + Copied; depth += 8)
                    Check(size, windows, pixel, depth);
            }
        }
    }

    [Theory]
    [InlineData(4320, 7680, 128, 3, false)] // a frame of more bytes than steps between frames have
    [InlineData(4, 4, 8192, 3, false)] // more channels than divide into taps
    [InlineData(4, 4, 12, 3, false)]
    [InlineData(8, 8, 8, 6, false)] // more taps than a pixel has bits
    [InlineData(8, 8, 8, 5, true)]
    public void TakesWhatItsNumbersHold(int height, int width, int channels, int kernel, bool takes) =>
        Assert.Equal(
            takes, ConvolutionWindows.Takes(new(new(1, 2, height, width, channels), 8, 3, kernel, kernel, 1, PadEnd: false), Copied));

    [Theory]
    [InlineData(480, 720, 3, 3, 1, true)]
    [InlineData(480, 720, 4, 3, 1, false)] // 36 columns of 32
    [InlineData(480, 720, 32, 1, 1, true)]
    [InlineData(480, 720, 3, 3, 2, false)]
    [InlineData(1, 70_000, 3, 3, 1, false)] // more patches than a grid may have
    public void PatchesHoldTheTapsOfAllOutputs(int height, int width, int outputs, int kernel, int stride, bool takes) => Assert.Equal(
        takes, ConvolutionPatchKernel<Half>.Takes(new(new(1, 2, height, width, 8), outputs, 3, kernel, kernel, stride, PadEnd: false)));

    // Far beyond 2³¹ numbers, and before the first frame.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EachFrameReadsThoseBefore(bool hasHistory)
    {
        const long X = 1L << 40, History = 1L << 50;
        var size = new ConvolutionSize(new(2, 49, 480, 720, 128), 128, 3, 3, 3, 1, PadEnd: false);
        long frameBytes = 480L * 720 * 128 * 2;
        var frames = new ConvolutionFrames<Half>(
            new Elements((void*)X, ElementFormat.F16), hasHistory ? new Elements((void*)History, ElementFormat.F16) : default, size);
        for (int frame = 0; frame < 2 * 49; frame++)
        {
            for (int tap = 0; tap < 3; tap++)
            {
                int b = frame / 49, time = frame % 49 + tap - 2;
                long expected = time < 0 && hasHistory
                    ? History + (b * 2 + time + 2) * frameBytes
                    : X + (b * 49L + Math.Max(0, time)) * frameBytes;
                Assert.Equal(expected, (long)frames.Of(frame)[tap]);
            }
        }
    }

    [Fact]
    public void SmallNumbersAreDivided()
    {
        for (int divisor = 1; divisor < 600; divisor++)
        {
            var small = new SmallDivisor(divisor);
            int number = 0;
            while (SmallDivisor.Takes(number, divisor) && small.Of(number) == number / divisor)
                number++;
            Assert.False(SmallDivisor.Takes(number, divisor), $"{number} / {divisor} is {small.Of(number)}");
        }
    }

    // The tiles of the models, on an H100, an A100, a 4090.
    [Theory]
    [InlineData(8, 480, 720, 128, 132, 90, "Tall")]
    [InlineData(8, 240, 360, 256, 132, 90, "Wide")]
    [InlineData(8, 240, 360, 256, 108, 80, "Wide")]
    [InlineData(8, 480, 720, 128, 128, 89, "Square")] // nothing waits for the cache there, and its last turn is shorter
    [InlineData(2, 60, 90, 512, 132, 90, "Square")]
    [InlineData(1, 8, 8, 64, 132, 90, "Small")]
    public void TilesOfTheModels(int frames, int height, int width, int channels, int multiprocessors, int architecture, string tile)
    {
        var size = new ConvolutionSize(new(1, frames, height, width, channels), channels, 3, 3, 3, 1, PadEnd: false);
        Assert.Equal(tile, ConvolutionCudaPlan.For(size, new TileCard(multiprocessors, architecture)).ToString());
    }

    private static void Check(ConvolutionSize size, ConvolutionWindows windows, int pixel, int depth)
    {
        (int frame, int offset, int shift) = windows.At(depth);
        int bytes = windows.Inside(pixel) >> shift & CudaQueue.AccessBytes;
        if (depth >= windows.Depth)
        {
            Assert.Equal(0, bytes);
            return;
        }
        (int tap, int channel) = Math.DivRem(depth, size.Input.Channels);
        (int t, int h, int w) = size.Tap(tap);
        int row = pixel / size.OutputWidth * size.Stride - size.PadTop + h;
        int column = pixel % size.OutputWidth * size.Stride - size.PadLeft + w;
        bool isInside = row >= 0 && row < size.Input.Height && column >= 0 && column < size.Input.Width;
        Assert.Equal((t, isInside ? CudaQueue.AccessBytes : 0), (frame, bytes));
        if (isInside)
            Assert.Equal(((long)row * size.Input.Width + column) * size.Input.Channels + channel, windows.First(pixel) + offset);
    }

    // The corners and their neighbours, and some between.
    private static IEnumerable<int> Pixels(ConvolutionSize size)
    {
        int[] rows = [0, 1, size.OutputHeight / 2, size.OutputHeight - 2, size.OutputHeight - 1];
        int[] columns = [0, 1, size.OutputWidth / 3, size.OutputWidth - 2, size.OutputWidth - 1];
        return rows.Where(row => row >= 0).SelectMany(
            row => columns.Where(column => column >= 0 && column < size.OutputWidth).Select(column => row * size.OutputWidth + column))
            .Where(pixel => pixel < size.OutputHeight * size.OutputWidth);
    }
}
