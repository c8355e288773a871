using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Products on tensor cores, on the emulator, which has four multiprocessors here.</summary>
public sealed class LinearCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    [Theory]
    [InlineData(BF16, 1, 3, 8)]
    [InlineData(BF16, 2, 64, 512)]
    [InlineData(F16, 2, 130, 72)]
    [InlineData(BF16, 9, 24, 1032)]
    [InlineData(F16, 16, 7, 40)]
    public void FewRows(ElementFormat type, int rows, int outputs, int inputs) =>
        Check(new LinearCase(type, rows, outputs, inputs), "LinearFewRowsKernel`1");

    [Theory]
    [InlineData(BF16, 17, 3, 8)]
    [InlineData(F16, 17, 64, 40)]
    [InlineData(BF16, 130, 64, 64)]
    [InlineData(F16, 60, 130, 72)]
    [InlineData(BF16, 63, 240, 64)]
    public void SmallTiles(ElementFormat type, int rows, int outputs, int inputs) =>
        Check(new LinearCase(type, rows, outputs, inputs), nameof(ProductTiles.Small));

    [Theory]
    [InlineData(BF16, 130, 130, 40)]
    [InlineData(F16, 125, 384, 72)]
    [InlineData(BF16, 250, 240, 256)]
    [InlineData(BF16, 1100, 130, 8)] // more rows of tiles than a block of their order has
    public void SquareTiles(ElementFormat type, int rows, int outputs, int inputs) =>
        Check(new LinearCase(type, rows, outputs, inputs), nameof(ProductTiles.Square));

    [Theory]
    [InlineData(BF16, 400, 256, 40)]
    [InlineData(F16, 260, 250, 64)]
    public void WideTiles(ElementFormat type, int rows, int outputs, int inputs) =>
        Check(new LinearCase(type, rows, outputs, inputs), nameof(ProductTiles.Wide));

    [Theory]
    [InlineData(BF16, 1020, 128, 40)]
    [InlineData(F16, 1000, 125, 72)]
    public void TallTiles(ElementFormat type, int rows, int outputs, int inputs) =>
        Check(new LinearCase(type, rows, outputs, inputs), nameof(ProductTiles.Tall));

    // Weights of 8-bit floats: each tile, few rows, parts, with a scale and without.
    [Theory]
    [InlineData(BF16, 2, 24, 48, "Small")]
    [InlineData(F16, 17, 70, 16, "Small")]
    [InlineData(BF16, 130, 64, 64, "Small")]
    [InlineData(F16, 130, 130, 48, "Square")]
    [InlineData(BF16, 250, 240, 256, "Square")]
    [InlineData(BF16, 400, 256, 48, "Wide")]
    [InlineData(F16, 260, 250, 64, "Wide")]
    [InlineData(BF16, 1020, 128, 48, "Tall")]
    [InlineData(F16, 60, 61, 768, "LinearPartSums")]
    public void WeightsOfEightBits(ElementFormat type, int rows, int outputs, int inputs, string kernel)
    {
        LinearCase product = new(type, rows, outputs, inputs) { WeightType = ElementFormat.F8E4M3, Bias = F32, Result = F32 };
        Check(product, "Float8", kernel);
        Check(product with { WeightScale = 0.0173f, Result = type, Residual = type }, "Float8", kernel);
    }

    // Sums of parts of the inputs, by other CTAs; the last part may be shorter.
    [Theory]
    [InlineData(BF16, 17, 64, 1032)]
    [InlineData(F16, 60, 61, 768)]
    [InlineData(F16, 100, 3, 800)]
    public void Parts(ElementFormat type, int rows, int outputs, int inputs) =>
        Check(new LinearCase(type, rows, outputs, inputs) { Bias = BF16 }, nameof(LinearPartSums), "LinearPartsKernel`1");

    // One row, both forms of the ending of tiles (eights and single numbers), and sums of parts.
    [Theory]
    [InlineData(3, 16, 24)]
    [InlineData(26, 64, 40)]
    [InlineData(26, 30, 40)]
    [InlineData(26, 64, 544)]
    [InlineData(26, 12, 520)]
    public void EachEnding(int rows, int outputs, int inputs)
    {
        LinearCase plain = new(BF16, rows, outputs, inputs) { Result = F32 };
        foreach (ElementFormat stored in new[] { F32, BF16, F16 })
        {
            Check(plain with { Bias = stored, Activation = LinearActivation.GeluTanh });
            Check(plain with { Factor = stored, Activation = LinearActivation.Silu });
            Check(plain with { Gate = stored, Residual = stored });
        }
        Check(plain with
        {
            Result = BF16,
            Bias = F16,
            Factor = F32,
            Gate = BF16,
            Residual = BF16,
            Activation = LinearActivation.GeluTanh,
        });
        Check(plain with { Type = F16, Result = F16, Bias = F32, Factor = F16, Gate = F32, Residual = F32 });
    }

    // Text and video, and the next batch, within a tile; rows that are counted from a later one.
    [Fact]
    public void GatesOfEachRow() => Check(
        new LinearCase(BF16, 150, 64, 32) { Result = F32, Gate = BF16, Residual = BF16, Tokens = 61, TextTokens = 13, FirstRow = 20 });

    [Theory]
    [InlineData(BF16)]
    [InlineData(F16)]
    public void ThreeTogether(ElementFormat type)
    {
        LinearCase[] products = [.. Enumerable.Range(0, 3).Select(i => new LinearCase(type, 40, 24, 512) { Seed = i, Bias = type })];
        for (int shown = 0; shown < products.Length; shown++)
        {
            (double error, _) = CudaForm.Compare(operands =>
            {
                var made = products.ToDictionary(product => product.Seed, product => default(Linear));
                foreach (LinearCase product in products.OrderBy(product => product.Seed == shown))
                    made[product.Seed] = product.Make(operands);
                return new LinearTriple(made[0], made[1], made[2]);
            });
            Assert.InRange(error, 0, products[0].Tolerance);
        }
    }

    [Theory]
    [InlineData(BF16, 2, 24, 64)]
    [InlineData(F16, 70, 33, 48)]
    [InlineData(BF16, 20, 48, 520)]
    public void GatedGelu(ElementFormat type, int rows, int outputs, int inputs)
    {
        LinearCase product = new(type, rows, outputs, inputs);
        (double error, _) = CudaForm.Compare(product.MakeGated);
        Assert.InRange(error, 0, product.Tolerance);
    }

    [Fact]
    public void LeavesTheOthersToPortableKernels()
    {
        LinearCase plain = new(BF16, 20, 16, 24);
        Assert.True(CudaForm.Takes(plain.Make));
        Assert.False(CudaForm.Takes((plain with { Inputs = 20 }).Make));
        Assert.False(CudaForm.Takes((plain with { Type = F32, Result = F32 }).Make));
        Assert.False(CudaForm.Takes((plain with { WeightType = F16 }).Make));
        Assert.True(CudaForm.Takes((plain with { WeightType = ElementFormat.F8E4M3, Inputs = 32 }).Make));
        Assert.False(CudaForm.Takes((plain with { WeightType = ElementFormat.F8E4M3 }).Make)); // rows of 24 bytes
        Assert.False(CudaForm.Takes((plain with { SkippedInputs = 1 }).Make));
        Assert.False(CudaForm.Takes((plain with { SkippedWeights = 4 }).Make));
        Assert.False(CudaForm.Takes(operands => plain.Make(operands, residual: operands.Result(ElementFormat.F8E4M3, 20 * 16))));
        Assert.False(CudaForm.Takes((plain with { FirstRow = int.MaxValue, Gate = BF16 }).Make));
        Assert.False(CudaForm.Takes((plain with { WeightType = F16 }).MakeGated));
    }

    // A result that doesn't begin at 16 bytes is written one number at a time.
    [Fact]
    public void AResultMayLieAnywhere() => Check(new LinearCase(BF16, 20, 16, 24) { SkippedResults = 1, Bias = BF16 });

    [Fact]
    public void EachMutantIsCaught()
    {
        LinearCase few = new(BF16, 5, 12, 1040), small = new(F16, 70, 70, 136), square = new(BF16, 200, 130, 136);
        LinearCase wide = new(BF16, 500, 256, 136), tall = new(BF16, 1000, 128, 136), parts = new(BF16, 20, 12, 520);
        LinearCase narrow = new(BF16, 200, 130, 144) { WeightType = ElementFormat.F8E4M3, WeightScale = 0.02f };
        foreach (LinearCase product in new[] { few, small, square, wide, tall, parts, narrow })
        {
            IReadOnlyList<MutationResult> results = CudaForm.Mutate(product.Make, product.Tolerance);
            Assert.NotEmpty(results);
            Assert.All(results, result => Assert.True(result.Caught, $"{product}: {result}"));
        }
    }

    [Theory]
    [InlineData("linear_square", 256, 256, 256)]
    [InlineData("linear_wide", 512, 256, 256)]
    [InlineData("linear_tall", 1024, 128, 256)]
    [InlineData("linear_small", 128, 64, 256)]
    [InlineData("linear_few_rows", 2, 64, 1024)]
    public void CostsWhatTheTableSays(string name, int rows, int outputs, int inputs)
    {
        LinearCase product = new(BF16, rows, outputs, inputs) { Bias = BF16, Activation = LinearActivation.GeluTanh, Residual = BF16 };
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(product.Make).Launches);
        Assert.Contains(name[7..].Replace("_", "", StringComparison.Ordinal), kernel.ToString(), StringComparison.OrdinalIgnoreCase);
        CountTable.Check($"{name}_{rows}x{outputs}x{inputs}", kernel, report);
    }

    [Theory]
    [InlineData("linear_square_e4m3", 256, 256, 256)]
    [InlineData("linear_wide_e4m3", 512, 256, 256)]
    public void WeightsOfEightBitsCostWhatTheTableSays(string name, int rows, int outputs, int inputs)
    {
        LinearCase product = new(BF16, rows, outputs, inputs)
        {
            WeightType = ElementFormat.F8E4M3,
            WeightScale = 0.02f,
            Bias = BF16,
            Activation = LinearActivation.GeluTanh,
            Residual = BF16,
        };
        (Type kernel, LaunchReport report) = Assert.Single(CudaForm.Compare(product.Make).Launches);
        CountTable.Check($"{name}_{rows}x{outputs}x{inputs}", kernel, report);
    }

    private static void Check(LinearCase product, params string[] kernels)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare(product.Make);
        Assert.True(error <= product.Tolerance, $"{product}: error {error:E2}, allowed {product.Tolerance:E2}");
        Assert.All(kernels, name => Assert.Contains(launches, launch => launch.Kernel.ToString().Contains(name, StringComparison.Ordinal)));
    }
}
