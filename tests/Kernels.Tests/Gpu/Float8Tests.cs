using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Testing;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Eight-bit floats: all codes, and rounding as PyTorch has it, on the host and in a kernel.</summary>
public sealed class Float8Tests
{
    [Fact]
    public void EveryCodeOfE4M3IsItsValue()
    {
        float[] values = Values("e4m3fn");
        Assert.Equal(values, AllCodes().Select(code => (float)Float8E4M3.FromBits(code)));
        Assert.Equal(values, AllCodes().Select(code => (float)(Half)Float8E4M3.FromBits(code)));
        Assert.Equal(values, Widened().E4M3);
        Assert.All(AllCodes(), code => Assert.Equal(float.IsNaN(values[code]) ? 0x7F : code, ((Float8E4M3)values[code]).Bits));
    }

    [Fact]
    public void EveryCodeOfE5M2IsItsValue()
    {
        float[] values = Values("e5m2");
        Assert.Equal(values, AllCodes().Select(code => (float)Float8E5M2.FromBits(code)));
        Assert.Equal(values, Widened().E5M2);
        Assert.All(AllCodes(), code => Assert.Equal(float.IsNaN(values[code]) ? 0x7F : code, Float8E5M2.OrInfinity(values[code]).Bits));
    }

    [Fact]
    public void RoundingIsThatOfPyTorch()
    {
        (float[] x, byte[] codesOfE4M3) = Rounding("e4m3fn");
        (float[] y, byte[] codesOfE5M2) = Rounding("e5m2");
        Assert.Equal(x, y);
        (byte[] e4m3, byte[] e5m2, byte[] orInfinity) = Rounded(x);
        Assert.Equal(codesOfE4M3, e4m3);
        Assert.Equal(codesOfE5M2, orInfinity);
        Assert.Equal(e4m3, x.Select(v => ((Float8E4M3)v).Bits));
        Assert.Equal(e5m2, x.Select(v => ((Float8E5M2)v).Bits));
        Assert.Equal(orInfinity, x.Select(v => Float8E5M2.OrInfinity(v).Bits));
    }

    /// <summary>Every value half way between two codes, those beside it, and what is beyond the largest.</summary>
    [Fact]
    public void TheHostRoundsAsTheEmulatorDoes()
    {
        List<float> x = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, -float.Epsilon];
        foreach (string format in (string[])["e4m3fn", "e5m2"])
        {
            float[] values = [.. Values(format).Where(float.IsFinite).Order()];
            for (int i = 1; i < values.Length; i++)
            {
                float middle = (values[i - 1] + values[i]) / 2;
                x.AddRange([middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle), values[i]]);
            }
        }
        while (x.Count % RoundFloat8.Threads != 0)
            x.Add(0);
        (byte[] e4m3, byte[] e5m2, byte[] orInfinity) = Rounded([.. x]);
        Assert.Equal(e4m3, x.Select(v => ((Float8E4M3)v).Bits));
        Assert.Equal(e5m2, x.Select(v => ((Float8E5M2)v).Bits));
        Assert.Equal(orInfinity, x.Select(v => Float8E5M2.OrInfinity(v).Bits));
        Assert.Equal(((Float8E4M3)480f).Bits, ((Float8E4M3)float.PositiveInfinity).Bits);
        Assert.Equal(0x7B, ((Float8E5M2)float.PositiveInfinity).Bits);
        Assert.Equal(0xFC, Float8E5M2.OrInfinity(float.NegativeInfinity).Bits);
    }

    [Fact]
    public void PairsAreTwo()
    {
        Half2 half = (Half2)Float8E4M3x2.From(-3, 0.5f);
        Assert.Equal((-3f, 0.5f), (half.Low, half.High));
        Assert.Equal(Float8E4M3x2.From(-3, 0.5f).Bits, Float8E4M3x2.From(half).Bits);
        Float8E5M2x2 pair = Float8E5M2x2.From(1.25f, -7);
        Assert.Equal((1.25f, -7f), ((float)pair.Low, (float)pair.High));
        Assert.Equal(0x7BFB, Float8E5M2x2.From(-1e9f, 1e9f).Bits);
    }

    private static byte[] AllCodes() => [.. Enumerable.Range(0, 256).Select(code => (byte)code)];

    private static (float[] E4M3, float[] E5M2) Widened()
    {
        byte[] codes = AllCodes();
        float[] e4m3 = new float[codes.Length], e5m2 = new float[codes.Length];
        Assert.Null(new EmulatedLaunch(typeof(WidenFloat8)).View(codes).View(e4m3).View(e5m2).Run(new Dim3(4, 1, 1)).Fault);
        return (e4m3, e5m2);
    }

    private static (byte[] E4M3, byte[] E5M2, byte[] OrInfinity) Rounded(float[] x)
    {
        int blocks = (x.Length + RoundFloat8.Threads - 1) / RoundFloat8.Threads;
        byte[] e4m3 = new byte[x.Length], e5m2 = new byte[x.Length], orInfinity = new byte[x.Length];
        EmulatedLaunch launch = new EmulatedLaunch(typeof(RoundFloat8)).View(x).View(e4m3).View(e5m2).View(orInfinity);
        Assert.Null(launch.Run(new Dim3(blocks, 1, 1)).Fault);
        return (e4m3, e5m2, orInfinity);
    }

    private static float[] Values(string format) =>
        [.. Lines(format, "value").Select(line => Single(line[1]))];

    private static (float[] X, byte[] Codes) Rounding(string format)
    {
        List<string[]> lines = Lines(format, "round");
        return ([.. lines.Select(line => Single(line[1]))], [.. lines.Select(line => Convert.ToByte(line[2], 16))]);
    }

    private static float Single(string bits) => BitConverter.UInt32BitsToSingle(Convert.ToUInt32(bits, 16));

    private static List<string[]> Lines(string format, string kind) =>
        [.. File.ReadLines(Golden.Path($"float8/{format}.txt")).Select(line => line.Split(' ')).Where(line => line[0] == kind)];

    internal readonly struct WidenFloat8(View<byte> codes, View<float> e4m3, View<float> e5m2) : IKernel
    {
        public static Block Block => new(64);

        public void Run()
        {
            int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
            e4m3[i] = Float8E4M3.FromBits(codes[i]);
            e5m2[i] = Float8E5M2.FromBits(codes[i]);
        }
    }

    internal readonly struct RoundFloat8(View<float> x, View<byte> e4m3, View<byte> e5m2, View<byte> orInfinity) : IKernel
    {
        public const int Threads = 64;

        public static Block Block => new(Threads);

        public void Run()
        {
            int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
            if (i >= x.Length)
                return;
            e4m3[i] = ((Float8E4M3)x[i]).Bits;
            e5m2[i] = ((Float8E5M2)x[i]).Bits;
            orInfinity[i] = Float8E5M2.OrInfinity(x[i]).Bits;
        }
    }
}
