using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tests.Cuda;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels.Tests;

/// <summary>Convolutions on tensor cores, on the emulator, which has four multiprocessors here.</summary>
public sealed class CausalConv3dCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    // Without a history and with one; fewer frames than the kernel has, as many, more; less channels than a slice of depths has, and more.
    [Theory]
    [InlineData(BF16, 1, 1, 5, 7, 8, 8)]
    [InlineData(F16, 2, 2, 3, 9, 16, 64)]
    [InlineData(BF16, 2, 4, 9, 5, 24, 30)]
    [InlineData(F16, 1, 3, 7, 10, 64, 60)]
    [InlineData(BF16, 1, 1, 4, 3, 128, 61)]
    public void SmallTiles(ElementFormat type, int batch, int frames, int height, int width, int channels, int outputs) =>
        CheckBoth(new(type, new(batch, frames, height, width, channels), outputs), nameof(ProductTiles.Small));

    [Theory]
    [InlineData(BF16, 2, 2, 11, 11, 8, 125)]
    [InlineData(F16, 1, 4, 11, 11, 16, 128)]
    public void SquareTiles(ElementFormat type, int batch, int frames, int height, int width, int channels, int outputs) =>
        CheckBoth(new(type, new(batch, frames, height, width, channels), outputs), nameof(ProductTiles.Square));

    [Theory]
    [InlineData(BF16, 1, 4, 11, 11, 8, 256)]
    [InlineData(F16, 2, 2, 11, 11, 16, 250)]
    public void WideTiles(ElementFormat type, int batch, int frames, int height, int width, int channels, int outputs) =>
        CheckBoth(new(type, new(batch, frames, height, width, channels), outputs), nameof(ProductTiles.Wide));

    [Theory]
    [InlineData(BF16, 2, 2, 13, 19, 8, 128)]
    [InlineData(F16, 1, 4, 22, 11, 16, 100)]
    public void TallTiles(ElementFormat type, int batch, int frames, int height, int width, int channels, int outputs) =>
        CheckBoth(new(type, new(batch, frames, height, width, channels), outputs), nameof(ProductTiles.Tall));

    // Within a patch, at its edge, beyond; three outputs and fewer.
    [Theory]
    [InlineData(BF16, 1, 1, 3, 5, 8, 3)]
    [InlineData(F16, 2, 3, 14, 14, 16, 3)]
    [InlineData(BF16, 1, 2, 15, 30, 40, 3)]
    [InlineData(F16, 1, 3, 29, 13, 128, 2)]
    public void Patches(ElementFormat type, int batch, int frames, int height, int width, int channels, int outputs) =>
        CheckBoth(new(type, new(batch, frames, height, width, channels), outputs), "ConvolutionPatchKernel`1");

    [Theory]
    [InlineData(1, 3, 64, "ConvolutionTileKernel`2")]
    [InlineData(1, 3, 3, "ConvolutionPatchKernel`1")]
    [InlineData(3, 1, 64, "ConvolutionTileKernel`2")]
    [InlineData(3, 1, 30, "ConvolutionPatchKernel`1")]
    [InlineData(2, 5, 12, "ConvolutionTileKernel`2")]
    [InlineData(2, 5, 1, "ConvolutionPatchKernel`1")]
    [InlineData(1, 1, 12, "LinearTileKernel`3")]
    public void EachKernel(int kernelFrames, int kernel, int outputs, string name)
    {
        ConvolutionCase plain = new(BF16, new(2, 2, 6, 7, 16), outputs) { KernelFrames = kernelFrames, Kernel = kernel };
        if (kernelFrames == 1)
            Check(plain, name);
        else
            CheckBoth(plain, name);
        Check(plain with { KernelWidth = kernel == 1 ? 3 : 1 });
    }

    [Theory]
    [InlineData(8, 11, 3, 3, 2, true)]
    [InlineData(9, 8, 3, 3, 2, true)]
    [InlineData(9, 8, 1, 3, 2, false)]
    [InlineData(7, 9, 3, 3, 3, false)]
    [InlineData(8, 9, 3, 3, 1, true)]
    [InlineData(5, 6, 1, 1, 2, false)]
    [InlineData(5, 6, 1, 1, 1, true)] // the last row and column are the bias
    public void Strides(int height, int width, int kernelFrames, int kernel, int stride, bool padEnd)
    {
        foreach (int outputs in new[] { 3, 40 })
        {
            Check(new(BF16, new(2, 2, height, width, 16), outputs)
            {
                KernelFrames = kernelFrames,
                Kernel = kernel,
                Stride = stride,
                PadEnd = padEnd,
                Bias = F32,
            });
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(24)]
    public void EachEnding(int outputs)
    {
        foreach (ElementFormat stored in new[] { F32, BF16, F16 })
            Check(new(BF16, new(1, 2, 4, 5, 16), outputs) { Bias = stored, Residual = stored, Result = F32 });
        Check(new(F16, new(2, 1, 4, 5, 16), outputs) { Bias = BF16, Residual = F32 });
    }

    // Of fewer channels than an access has: zeros beside them; the VAE's first convolution has three.
    [Theory]
    [InlineData(BF16, 1, 1, 5, 7, 3, 61)]
    [InlineData(F16, 2, 3, 6, 9, 3, 128)]
    [InlineData(BF16, 1, 5, 12, 20, 3, 64)]
    [InlineData(F16, 1, 2, 4, 3, 1, 40)]
    [InlineData(BF16, 2, 2, 4, 5, 7, 16)]
    [InlineData(BF16, 1, 2, 5, 6, 4, 3)]
    public void FewChannels(ElementFormat type, int batch, int frames, int height, int width, int channels, int outputs)
    {
        ConvolutionCase few = new(type, new(batch, frames, height, width, channels), outputs) { SkippedInputs = 1 };
        CheckBoth(few, "ConvolutionPadKernel");
        Check(few with { KernelFrames = 1, Stride = 2, PadEnd = true });
    }

    // Whatever the tiles: fewer frames are cut into others.
    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(128)]
    public void AChunkWithItsHistoryHasTheBitsOfTheWhole(int outputs)
    {
        float[] whole = Run(first: 0, frames: 8), later = Run(first: 6, frames: 2);
        Assert.Equal(whole[^later.Length..], later);

        float[] Run(int first, int frames)
        {
            using var queue = new EmulatedQueue();
            using var operands = new EmulatedOperands(queue);
            var size = new ConvolutionSize(new(1, frames, 9, 10, 16), outputs, 3, 3, 3, 1, PadEnd: false);
            long frame = size.Input.Count / frames;
            var random = new Random(1);
            Elements x = operands.Random(BF16, 8 * frame, random), history = first == 0 ? default : x.Slice((first - 2) * frame);
            Elements weight = operands.Random(BF16, outputs * 16 * 27, random);
            Elements y = operands.Result(BF16, size.Output.Count);
            var convolution = new CausalConv3d(x.Slice(first * frame), history, weight, default, default, y, size);
            queue.Reserve(convolution.WorkspaceBytes(DeviceKind.Ilgpu));
            Assert.True(convolution.TryRunCuda(queue));
            return operands.Read();
        }
    }

    [Fact]
    public void LeavesTheOthersToPortableKernels()
    {
        ConvolutionCase plain = new(BF16, new(1, 2, 4, 5, 16), 9);
        Assert.True(CudaForm.Takes(plain.Make));
        Assert.True(CudaForm.Takes((plain with { Skipped = 1 }).Make));
        Assert.False(CudaForm.Takes((plain with { Video = new(1, 2, 4, 5, 12) }).Make));
        Assert.False(CudaForm.Takes((plain with { Type = F32 }).Make));
        Assert.False(CudaForm.Takes((plain with { WeightType = F16 }).Make));
        Assert.False(CudaForm.Takes((plain with { WeightType = F32 }).Make));
        Assert.False(CudaForm.Takes((plain with { History = F16 }).Make));
        Assert.False(CudaForm.Takes((plain with { SkippedInputs = 4 }).Make));
        Assert.False(CudaForm.Takes((plain with { History = BF16, SkippedHistory = 4 }).Make));
        Assert.False(CudaForm.Takes(operands => plain.Make(operands, residual: operands.Result(ElementFormat.F8E4M3, 2 * 20 * 9))));
        Assert.False(CudaForm.Takes((plain with { KernelFrames = 1, Kernel = 6 }).Make)); // more taps than a pixel has bits
        Assert.False(CudaForm.Takes((plain with { KernelFrames = 1, Kernel = 1, Video = new(1, 2, 4, 5, 12) }).Make));
    }

    [Fact]
    public void EachMutantIsCaught()
    {
        ConvolutionCase small = new(BF16, new(1, 2, 5, 6, 16), 12), square = new(F16, new(1, 4, 10, 11, 16), 128) { KernelFrames = 2 };
        ConvolutionCase wide = new(BF16, new(1, 4, 11, 11, 24), 256) { KernelFrames = 1 }, tall = wide with
        {
            Video = new(1, 4, 22, 11, 24),
            Outputs = 128,
        };
        ConvolutionCase patch = new(BF16, new(1, 1, 6, 20, 64), 3), padded = small with { Video = new(1, 2, 5, 6, 3) };
        foreach (ConvolutionCase convolution in new[] { small, square, wide, tall, patch, padded })
        {
            IReadOnlyList<MutationResult> results = CudaForm.Mutate(convolution.Make, convolution.Tolerance);
            Assert.NotEmpty(results);
            Assert.All(results, result => Assert.True(result.Caught, $"{convolution}: {result}"));
        }
    }

    [Theory]
    [InlineData("convolution_small", 2, 16, 16, 64, 64)]
    [InlineData("convolution_square", 4, 16, 8, 64, 128)]
    [InlineData("convolution_tall", 4, 16, 16, 64, 128)]
    [InlineData("convolution_wide", 4, 16, 8, 64, 256)]
    [InlineData("convolution_wide", 4, 16, 8, 16, 256)]
    [InlineData("convolution_patch", 1, 28, 28, 128, 3)]
    public void CostsWhatTheTableSays(string name, int frames, int height, int width, int channels, int outputs)
    {
        ConvolutionCase convolution = new(BF16, new(1, frames, height, width, channels), outputs) { Bias = BF16, Residual = BF16 };
        (Type Kernel, LaunchReport Report)[] launches = [.. CudaForm.Compare(convolution.Make, Tile(convolution, name[12..])).Launches];
        Assert.Equal(2, launches.Length);
        Assert.Contains(name[12..], launches[1].Kernel.ToString(), StringComparison.OrdinalIgnoreCase);
        string shape = $"{frames}x{height}x{width}x{channels}x{outputs}";
        CountTable.Check($"{name}_{shape}", launches[1].Kernel, launches[1].Report);
        CountTable.Check($"convolution_pack_for_{name[12..]}_{shape}", launches[0].Kernel, launches[0].Report);
    }

    [Fact]
    public void FewChannelsCostWhatTheTableSays()
    {
        ConvolutionCase convolution = new(BF16, new(1, 4, 16, 64, 3), 128) { Bias = BF16 };
        (Type Kernel, LaunchReport Report)[] launches = [.. CudaForm.Compare(convolution.Make).Launches];
        Assert.Equal(3, launches.Length);
        CountTable.Check("convolution_pad_4x16x64x3", launches[0].Kernel, launches[0].Report);
        CountTable.Check("convolution_pack_padded_4x16x64x3x128", launches[1].Kernel, launches[1].Report);
        CountTable.Check("convolution_padded_4x16x64x3x128", launches[2].Kernel, launches[2].Report);
    }

    // Whatever the rule chooses: null where it isn't a tile's name.
    private static TileTable? Tile(ConvolutionCase convolution, string name) => Enum.TryParse(name, ignoreCase: true, out TileKind tile)
        ? new TileTable([(ConvolutionCudaPlan.ShapeOf(convolution.Size, convolution.Type), new TileChoice(tile))]) : null;

    private static void CheckBoth(ConvolutionCase convolution, string kernel)
    {
        Check(convolution, kernel);
        Check(convolution with { History = convolution.Type, Bias = BF16, Residual = convolution.Type }, kernel);
    }

    private static void Check(ConvolutionCase convolution, params string[] kernels)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare(
            convolution.Make, kernels is [var tile] ? Tile(convolution, tile) : null);
        Assert.True(error <= convolution.Tolerance, $"{convolution}: error {error:E2}, allowed {convolution.Tolerance:E2}");
        Assert.All(kernels, name => Assert.Contains(launches, launch => launch.Kernel.ToString().Contains(name, StringComparison.Ordinal)));
    }
}
