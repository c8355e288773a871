using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>
/// Weights in blocks, and 8-bit floats with factors: operations with them give what they give with the same numbers in F32, bit for bit,
/// whether a device reads them or has them widened on their way to it.
/// </summary>
public sealed class QuantisedTests
{
    private const int Inputs = 512, Outputs = 21;

    public static IEnumerable<object[]> Products =>
        from device in EachDevice.ModelNames
        from type in device == EachDevice.Emulator ? [DType.Q4Blocks256] : DType.Blocked
        select new object[] { device, type.Name };

    [Theory]
    [MemberData(nameof(Products))]
    public void ProductsOfBlocksAreThoseOfTheirNumbers(string device, string type)
    {
        using Ops ops = EachDevice.Open(device), host = Ops.OnCpu(1);
        AgreeOn(ops, ops.Resident(Blocks(host, Named(type), [Outputs, Inputs])));
    }

    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q4_0")]
    [InlineData("Q5_K")]
    public void ProductsInBf16AreThoseOfTheirNumbers(string type)
    {
        Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");
        using Ops ops = EachDevice.OpenInBf16(EachDevice.CpuBf16), host = Ops.OnCpu(1);
        AgreeOn(ops, Blocks(host, Named(type), [Outputs, Inputs]));
    }

    // Three products at once, of which one is of another type.
    [Theory]
    [InlineData("cpu3")]
    [InlineData("apart")]
    public void ProductsTogetherMayHaveOtherTypes(string device)
    {
        using Ops ops = EachDevice.Open(device), host = Ops.OnCpu(1);
        Tensor[] stored = [.. new[] { "Q8_0", "Q4_K", "Q4_1" }.Select(type => ops.Resident(Blocks(host, Named(type), [Outputs, Inputs])))];
        Tensor[] wide = [.. stored.Select(weight => ops.FromHost(weight.ToFloats(), weight.Shape))];
        Tensor x = ops.FromHost(host.Random(new Random(1), [40, Inputs]).ToFloats(), [40, Inputs]);
        var (a, b, c) = ops.LinearTriple(x, (stored[0], default), (stored[1], default), (stored[2], default));
        Assert.Equal([ops.Linear(x, wide[0]).ToFloats(), ops.Linear(x, wide[1]).ToFloats(), ops.Linear(x, wide[2]).ToFloats()],
            [a.ToFloats(), b.ToFloats(), c.ToFloats()]);
        Assert.Equal(ops.LinearGatedGelu(x, wide[0], wide[1]).ToFloats(), ops.LinearGatedGelu(x, stored[0], stored[1]).ToFloats());
    }

    [Theory]
    [MemberData(nameof(EachDevice.Models), MemberType = typeof(EachDevice))]
    public void RowsOfATableInBlocksAreItsNumbers(string device)
    {
        using Ops ops = EachDevice.Open(device), host = Ops.OnCpu(1);
        Tensor table = ops.Resident(Blocks(host, DType.Q6Blocks256, [7, 256]));
        float[] numbers = table.ToFloats();
        Assert.Equal([.. numbers[(5 * 256)..(6 * 256)], .. numbers[..256]], ops.Embedding([5, 0], [2], table).ToFloats());
        Assert.Equal(numbers[256..768], table.Rows(1, 2).ToFloats());
    }

    [Theory]
    [InlineData("cpu1", "Q8_0")]
    [InlineData("apart", "Q8_0")]
    [InlineData("emulator", "F32")]
    public void ADeviceThatReadsNoBlocksHasThemWidened(string device, string type)
    {
        using Ops ops = EachDevice.Open(device), host = Ops.OnCpu(1);
        Tensor stored = Blocks(host, DType.Q8Blocks32, [3, 64]);
        Tensor resident = ops.Resident(stored);
        Assert.Equal(type, resident.Type.Name);
        Assert.Equal(stored.ToFloats(), resident.ToFloats());
        using Ops card = Ops.On(EachDevice.Source("emulator"), DType.BF16);
        Assert.Equal("BF16 [3, 64]", card.Resident(stored).ToString());
    }

    [Theory]
    [InlineData("reference", 1)]
    [InlineData("cpu1", 1)]
    [InlineData("cpu3", Outputs)]
    [InlineData("apart", 1)]
    [InlineData("apart", Outputs)]
    [InlineData("emulator", Outputs)]
    public void Float8WithFactorsKeepsThemOnEveryDevice(string device, int factors)
    {
        using Ops ops = EachDevice.Open(device), host = Ops.OnCpu(1);
        Tensor stored = Scaled(host, factors);
        float[] numbers = stored.ToFloats();
        Tensor resident = ops.Resident(stored);
        Assert.Equal(device == "emulator" ? "F32" : "F8_E4M3", resident.Type.Name);
        Assert.Equal(numbers, resident.ToFloats());
        Assert.Equal(numbers[(4 * Inputs)..(6 * Inputs)], resident.Rows(4, 2).ToFloats());
        AgreeOn(ops, resident);
    }

    [Fact]
    public void ACardMultipliesFloat8WithOneFactorAsItIsAndWidensThatWithSeveral()
    {
        using Ops host = Ops.OnCpu(1), card = Ops.On(EachDevice.Source("emulator"), DType.BF16);
        Tensor one = Scaled(host, 1);
        Tensor resident = card.ResidentFloat8(one);
        Assert.Equal($"F8_E4M3 [{Outputs}, {Inputs}]", resident.ToString());
        Assert.Equal(one.ToFloats(), resident.ToFloats());
        Tensor again = card.ResidentFloat8(Scaled(host, Outputs));
        Assert.Equal($"F8_E4M3 [{Outputs}, {Inputs}]", again.ToString()); // rounded anew, with one factor
        Assert.Equal($"BF16 [{Outputs}, {Inputs}]", card.Resident(one).ToString());
    }

    [Fact]
    public void FactorsMustFit()
    {
        using Ops host = Ops.OnCpu(1);
        Tensor stored = host.FromHost(new byte[64], [4, 16], DType.F8E4M3), factors = host.Empty([4]);
        Assert.Contains("F32, in its file", Assert.Throws<TensorException>(() => stored.ScaledBy(factors)).Message);
        Assert.Contains("8-bit floats have factors", Assert.Throws<TensorException>(() => factors.ScaledBy(factors)).Message);
        Tensor rows = Scaled(host, Outputs).Reshape([2 * Outputs, Inputs / 2]);
        Assert.Contains("can't be moved without", Assert.Throws<TensorException>(() => host.Slice(rows, 0, 0, 2)).Message);
        Assert.Contains("can't be moved without", Assert.Throws<TensorException>(() => host.Permute(rows, [1, 0])).Message);
        Assert.Contains("write it as another type", Assert.Throws<TensorException>(() => TensorSource.Of("w", rows)).Message);
        using var copies = new HostTensors();
        Assert.Throws<TensorException>(() => copies.Stack(new TensorInfo(rows.Type, rows.Shape), [rows]));
        Assert.Contains("share a factor", Assert.Throws<TensorException>(() => rows.Rows(1, 2)).Message);
    }

    private static DType Named(string name) => DType.Blocked.Single(type => type.Name == name);

    // Of one to four rows, of up to 16, and of more there are different forms.
    private static void AgreeOn(Ops ops, Tensor weight)
    {
        Tensor wide = ops.FromHost(weight.ToFloats(), weight.Shape);
        foreach (int rows in new[] { 1, 3, 9, 40 })
        {
            using Ops host = Ops.OnCpu(1);
            Tensor x = ops.FromHost(host.Random(new Random(rows), [rows, Inputs]).ToFloats(), [rows, Inputs]);
            Assert.Equal(ops.Linear(x, wide).ToFloats(), ops.Linear(x, weight).ToFloats());
        }
    }

    // Random bits; what two binary16 numbers' upper bytes might be is kept small, so that no number is infinite.
    private static Tensor Blocks(Ops host, DType type, Shape shape)
    {
        byte[] bytes = new byte[type.BytesOf(shape.Count)];
        new Random(5).NextBytes(bytes);
        foreach (ref byte value in bytes.AsSpan())
            value &= 0xBF;
        return host.FromHost(bytes, shape, type);
    }

    private static unsafe Tensor Scaled(Ops host, int factors)
    {
        Tensor result = host.Memory.LastingFloat8([Outputs, Inputs], DType.F8E4M3, factors);
        var random = new Random(9);
        for (long i = 0; i < result.Count; i++)
            result.Address[i] = (byte)(random.Next(2) * 128 + random.Next(0x7F));
        for (int i = 0; i < factors; i++)
            result.ScaleAddress[i] = random.NextSingle() + 0.5f;
        return result;
    }
}
