using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Launches;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Tuning;
using CogVideoX.Testing;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Each form of what has a choice of tiles: what is run, whether it is right, how long it takes.</summary>
public sealed class FormBenchTests
{
    private static readonly TileCard H100 = new(132, 90);

    // Cut to a few tiles, and so on all paths: borders of pictures, tiles that aren't full, parts.
    [Theory]
    [InlineData("Linear", "35552x3072x3072", "BF16", 4)]
    [InlineData("Linear", "226x4096x10240", "F16", 9)]
    [InlineData("Attention", "17776x17776x30x64", "BF16", 2)]
    [InlineData("CausalConv3d", "8x480x720x128x128", "F16", 4)]
    public void EachFormIsRight(string operation, string shape, string type, int least)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        using var forms = new FormBench(GpuDevices.OpenEmulator(), activations);
        TiledBench bench = Bench(operation, shape);
        IReadOnlyList<TileChoice> all = bench.Forms(H100);
        Assert.True(all.Count >= least);
        Assert.Contains(bench.Rule(H100), all);
        foreach ((TiledBench small, TileChoice form) in all.Select(bench.Cut).DistinctBy(cut => cut.Form))
            Assert.InRange(forms.ErrorOf(small, form), 1e-9, TiledBench.AllowedError(activations));
    }

    // The gate: each place that is looked at counts.
    [Theory]
    [InlineData("Linear", "90x72x72")]
    [InlineData("Attention", "70x90x2x32")]
    [InlineData("CausalConv3d", "3x5x6x16x24")]
    public void WhatIsWrongIsSeen(string operation, string shape)
    {
        TiledBench bench = Bench(operation, shape);
        using var naive = new Ops(new ReferenceDevice(), DType.BF16);
        Tensor right = bench.Run(naive, [.. bench.Operands.Select(operand => operand.Make(naive))]);
        Assert.InRange(bench.Error(naive, right), 1e-9, TiledBench.AllowedError(DType.BF16));
        Tensor others = bench.Run(naive, [.. bench.Operands.Select(operand => (operand with { Key = operand.Key + 1 }).Make(naive))]);
        Assert.True(bench.Error(naive, others) > 0.1);
        Span<ushort> last = right.AsSpan<ushort>()[^1..];
        last[0] = 0x7FC0; // NaN
        Assert.Equal(double.PositiveInfinity, bench.Error(naive, right));
    }

    [Fact]
    public void FormsAreTimedAndTheDevicesTableIsThereAgain()
    {
        Device device = GpuDevices.OpenEmulator();
        TiledBench bench = Bench("Linear", "40x64x64");
        var table = new TileTable([(bench.ShapeIn(DType.BF16), new TileChoice(TileKind.Wide))]);
        ((ITunedDevice)device).Tiles = table;
        var forms = new FormBench(device, DType.BF16);
        IReadOnlyList<TileChoice> all = bench.Forms(forms.Card);
        double[] seconds = forms.Measure(bench, all, rounds: 2, CancellationToken.None);
        Assert.Equal(all.Count, seconds.Length);
        Assert.All(seconds, one => Assert.True(one > 0));
        Assert.Throws<OperationCanceledException>(() => forms.Measure(bench, all, 1, new CancellationToken(canceled: true)));
        Assert.Throws<InvalidOperationException>(() => forms.ErrorOf(bench, new TileChoice(TileKind.Small, 2)));
        Assert.NotSame(table, ((ITunedDevice)device).Tiles);
        forms.Dispose();
        Assert.Same(table, ((ITunedDevice)device).Tiles);
    }

    [Fact]
    public void ADeviceWithoutOurKernelsIsRefused()
    {
        using Device simulator = GpuDevices.OpenSimulator();
        Assert.Contains("no kernels of our compiler", Assert.Throws<DeviceException>(() => new FormBench(simulator, DType.BF16)).Message);
        using var cpu = new CpuDevice(1);
        Assert.Throws<DeviceException>(() => new FormBench(cpu, DType.BF16));
    }

    [Theory]
    [InlineData("Linear", "16x64x64", "up to 16 rows have one kernel")]
    [InlineData("Linear", "64x64x60", "a multiple of 8")]
    [InlineData("Attention", "64x64x1x56", "for heads of 56; there are for 16, 32")]
    [InlineData("CausalConv3d", "1x8x8x64x3", "so few outputs have one kernel")]
    [InlineData("CausalConv3d", "1x8x8x60x64", "a multiple of 8")]
    public void WhatHasNoChoiceIsRefused(string operation, string shape, string says) =>
        Assert.Contains(says, Assert.Throws<TensorException>(() => Bench(operation, shape)).Message);

    [Fact]
    public void TheRulesFormStaysWhereItIsNearlyAsFast()
    {
        TileChoice rule = new(TileKind.Wide), other = new(TileKind.Square);
        Assert.Equal(rule, TiledBench.Best(new Dictionary<TileChoice, double> { [rule] = 1.009, [other] = 1 }, rule));
        Assert.Equal(other, TiledBench.Best(new Dictionary<TileChoice, double> { [rule] = 1.011, [other] = 1 }, rule));
        Assert.Equal(other, TiledBench.Best(new Dictionary<TileChoice, double> { [other] = 1 }, rule));
        Assert.Null(TiledBench.Best(new Dictionary<TileChoice, double>(), rule));
    }

    // Told before it computes; the table itself is read when it is opened.
    [Fact]
    public void ACardsSourceSaysWhyItsTableIsNotUsed()
    {
        using var folder = new TemporaryFolder();
        var file = new TileTableFile(new TunedCard("A Card", 90, "13.0"), folder.Path);
        IDeviceSource source = new CardSource("A Card", 0, isCuda: true, 0, file);
        Assert.Null(source.Note);
        File.WriteAllText(file.Path, "{}");
        Assert.StartsWith($"{file.Path} isn't used: it isn't a table of tiles.", source.Note);
        Assert.Null(((IDeviceSource)new CardSource("Another", 0, isCuda: false, 0)).Note);
    }

    // What is listed is what a device is asked for at that shape.
    [Fact]
    public void OperationsSayWhatTheyChooseOf()
    {
        var list = new LaunchListDevice(90, 132);
        using var ops = new Ops(list, DType.BF16);
        Tensor x = New(300, 64), weight = New(128, 64);
        ops.Linear(x, weight);
        ops.LinearTriple(x, (weight, default), (weight, default), (weight, default));
        ops.LinearGatedGelu(x, New(256, 64), New(256, 64));
        ops.Linear(New(2, 64), weight); // few rows
        ops.Attention(New(2, 70, 3, 64), New(2, 90, 3, 64), New(2, 90, 3, 64));
        ops.CausalConv3d(New(1, 2, 8, 9, 16), New(24, 16, 3, 3, 3));
        ops.CausalConv3d(New(1, 2, 8, 9, 16), New(24, 16, 1, 1, 1));
        ops.CausalConv3d(New(1, 2, 8, 9, 16), New(3, 16, 3, 3, 3)); // its own kernel
        ops.CausalConv3d(New(1, 2, 8, 9, 16), New(24, 16, 3, 3)); // another window
        Assert.Equal(
            ["Linear 300x128x64", "Linear 300x256x64", "Attention 70x90x6x64", "CausalConv3d 2x8x9x16x24", "Linear 144x24x16"],
            list.Problems.Select(problem => $"{problem.Operation} {problem.Shape}"));
        Assert.All(list.Problems, problem => TiledBench.Of(problem));

        Tensor New(params int[] shape) => ops.Memory.Empty(new Shape(shape), DType.BF16);
    }

    private static TiledBench Bench(string operation, string shape) =>
        TiledBench.Of(new TiledProblem(Enum.Parse<TiledOperation>(operation), shape));
}
