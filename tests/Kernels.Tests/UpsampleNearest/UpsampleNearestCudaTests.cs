using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Doubled pixels by our compiler's kernel, bit by bit: even and odd frames, rows that end within a CTA's pixels.</summary>
public sealed class UpsampleNearestCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16;

    // Words of a pixel that divide a CTA's threads, and others; one word; all threads.
    [Theory]
    [InlineData(3, 5, 8)]
    [InlineData(2, 65, 128)]
    [InlineData(3, 9, 24)]
    [InlineData(1, 7, 136)]
    [InlineData(1, 3, 2048)]
    public void EachTime(int height, int width, int channels)
    {
        for (int frames = 1; frames <= 3; frames++)
        {
            var size = new VideoSize(2, frames, height, width, channels);
            Assert.Equal(0, CudaForm.Compare(operands => Make(operands, BF16, size, time: true)).Error);
            Assert.Equal(0, CudaForm.Compare(operands => Make(operands, BF16, size, time: false)).Error);
        }
    }

    // What isn't computed with is moved in any format.
    [Fact]
    public void EachFormat() =>
        Assert.Equal(0, CudaForm.Compare(operands => Make(operands, F32, new VideoSize(1, 4, 3, 5, 12), time: true)).Error);

    [Fact]
    public void LeavesTheRest()
    {
        var size = new VideoSize(1, 2, 2, 3, 8);
        Assert.True(CudaForm.Takes(operands => Make(operands, BF16, size, time: true)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, size with { Channels = 12 }, time: true)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, size with { Channels = 2056 }, time: true)));
        Assert.False(CudaForm.Takes(operands => Make(operands, BF16, size, time: true, skipped: 1)));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(512)]
    public void CostsWhatTheTableSays(int channels)
    {
        var size = new VideoSize(1, 2, 4, 32, channels);
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(operands => Make(operands, BF16, size, time: true)).Launches);
        CountTable.Check($"upsample_nearest_2x4x32x{channels}", kernel, report);
    }

    private static UpsampleNearest Make(Operands operands, ElementFormat type, VideoSize size, bool time, int skipped = 0)
    {
        long results = size.Count / size.Frames * 4 * UpsampleNearest.ResultFrames(size.Frames, time);
        return new(operands.Random(type, size.Count, new Random(1), skipped), operands.Result(type, results), size, time);
    }
}
