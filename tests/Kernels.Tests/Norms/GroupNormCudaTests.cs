using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Group norm by our compiler's kernels: channels and groups, chunks and parts of rows that end early, maps.</summary>
public sealed class GroupNormCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    // One pixel; fewer pixels than threads; channels that leave threads without work; groups of 1 and of more than eight channels; several
    // chunks, the last of which ends early; rows in several parts.
    [Theory]
    [InlineData(1, 1, 1, 1, 8, 2)]
    [InlineData(2, 1, 3, 5, 24, 3)]
    [InlineData(1, 2, 3, 7, 32, 32)]
    [InlineData(2, 2, 9, 13, 128, 32)]
    [InlineData(1, 1, 3, 170, 256, 32)]
    [InlineData(1, 3, 5, 33, 512, 32)]
    [InlineData(1, 1, 2, 3, 2048, 4)]
    public void Videos(int batch, int frames, int height, int width, int channels, int groups)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
            Agrees(new GroupNormCase(type, new VideoSize(batch, frames, height, width, channels), groups) { Silu = type == BF16 });
    }

    // An odd number of frames, whose first stands for itself, an even one, and one; maps that are smaller, as large, and larger.
    [Theory]
    [InlineData(5, 8, 10, 3, 2, 3)]
    [InlineData(4, 5, 13, 2, 5, 13)]
    [InlineData(1, 6, 70, 1, 1, 9)]
    [InlineData(3, 5, 9, 2, 2, 20)]
    public void Maps(int frames, int height, int width, int mapFrames, int mapHeight, int mapWidth)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
        {
            Agrees(new GroupNormCase(type, new VideoSize(2, frames, height, width, 40), 5)
            {
                Map = new VideoSize(2, mapFrames, mapHeight, mapWidth, 40),
                Silu = frames != 4,
                Weight = F32,
            });
        }
    }

    // A first pixel far from all others, and all far from zero.
    [Theory]
    [InlineData(BF16, 240, 0)]
    [InlineData(F16, 2000, 0)]
    [InlineData(BF16, 1, 1000)]
    [InlineData(F16, 1, 1000)]
    public void FarFromZero(ElementFormat type, float center, float first)
    {
        var random = new Random(2);
        float[] values = [.. Enumerable.Range(0, 9 * 50 * 16).Select(i => i < 16 ? center + first : center + random.Next(-4, 5))];
        double ratio = center / Math.Sqrt(20 / 3.0);
        Agrees(new GroupNormCase(type, new VideoSize(1, 1, 9, 50, 16), 4) { Numbers = values, Bias = null, Ratio = ratio });
    }

    [Fact]
    public void LeavesTheRest()
    {
        GroupNormCase plain = new(BF16, new VideoSize(1, 1, 2, 3, 16), 4);
        Assert.True(Takes(plain));
        Assert.False(Takes(plain with { Type = F32 }));
        Assert.False(Takes(plain with { Size = plain.Size with { Channels = 12 } }));
        Assert.False(Takes(plain with { Size = plain.Size with { Channels = 2056 } }));
        Assert.False(Takes(plain with { Skipped = 1 }));
        Assert.False(Takes(plain with { Map = new VideoSize(1, 1, 1, 1, 16), MapType = F32 }));
    }

    [Fact]
    public void EachMutantIsCaught()
    {
        GroupNormCase made = new(BF16, new VideoSize(2, 1, 9, 13, 128), 32);
        IReadOnlyList<MutationResult> results = CudaForm.Mutate(made.Make, made.Tolerance);
        Assert.NotEmpty(results);
        Assert.All(results, result => Assert.True(result.Caught, result.ToString()));
    }

    [Fact]
    public void CostsWhatTheTableSays()
    {
        var size = new VideoSize(1, 2, 4, 128, 128);
        IReadOnlyList<(Type Kernel, LaunchReport Report)> launches =
            Agrees(new GroupNormCase(BF16, size, 32) { Map = new VideoSize(1, 2, 1, 16, 128), Silu = true });
        string[] names = ["group_norm_moments", "group_norm_channels", "group_norm_apply"];
        foreach ((string name, (Type kernel, LaunchReport report)) in names.Zip(launches))
            CountTable.Check($"{name}_2x4x128x128", kernel, report);
    }

    private static IReadOnlyList<(Type Kernel, LaunchReport Report)> Agrees(GroupNormCase made)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare(made.Make);
        Assert.True(error <= made.Tolerance, $"{made}: error {error:E2}");
        return launches;
    }

    private static bool Takes(GroupNormCase made) => CudaForm.Takes(made.Make);

    /// <summary>A random video, and what is beside it.</summary>
    private sealed record GroupNormCase(ElementFormat Type, VideoSize Size, int Groups)
    {
        public float[]? Numbers { get; init; }

        public ElementFormat Weight { get; init; } = Type;

        public ElementFormat? Bias { get; init; } = Type;

        public VideoSize? Map { get; init; }

        public ElementFormat MapType { get; init; } = Type;

        public bool Silu { get; init; }

        /// <summary>Numbers before x, which move it from its alignment.</summary>
        public int Skipped { get; init; }

        /// <summary>How many times larger the mean is than the deviation.</summary>
        public double Ratio { get; init; }

        /// <summary>
        /// fp32 in all that comes before the result: moments, a root, four products and sums of 24 bits; SiLU. Rounding the mean, its
        /// product and what is added in its place are as many times worse as it is larger than the deviation.
        /// </summary>
        public double Tolerance =>
            RoundedResult.Tolerance(Type, Size.Count, Math.Pow(2, Silu ? -20 : -22) + 3 * Ratio * Math.Pow(2, -24));

        public GroupNorm Make(Operands operands)
        {
            var random = new Random(1);
            Elements x = Numbers is null ? operands.Random(Type, Size.Count, random, Skipped) : operands.Of(Type, Numbers);
            Elements weight = operands.Random(Weight, Size.Channels, random, 0);
            Elements bias = Bias is { } format
                ? operands.Random(format, Size.Channels, random, 0)
                : operands.Of(F32, new float[Size.Channels]);
            SpatialMaps maps = Map is { } map
                ? new SpatialMaps(operands.Random(MapType, map.Count, random, 0), operands.Random(MapType, map.Count, random, 0), map)
                : default;
            return new GroupNorm(x, weight, bias, operands.Result(Type, Size.Count), Size, Groups, 1e-6f, maps, Silu);
        }
    }
}
