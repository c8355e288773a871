using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <summary>Structs that a launch passes by value: one parameter, laid out as .NET does.</summary>
public sealed class StructParameterTests
{
    [Fact]
    public void AStructIsOneParameter()
    {
        CompiledKernel kernel = KernelCompiler.Compile<Nested>(new CompileOptions { LineTable = false });
        (string, CompiledParameterKind, int, int)[] expected =
        [
            ("all", CompiledParameterKind.Struct, 56, 8), ("n", CompiledParameterKind.Integer, 4, 4),
            ("pair", CompiledParameterKind.Integer, 4, 4), ("four", CompiledParameterKind.Struct, 16, 16),
        ];
        Assert.Equal(expected, kernel.Parameters.Select(p => (p.Name, p.Kind, p.Bytes, p.Alignment)));
        Assert.Equal([0, 24, 40], kernel.Parameters[0].Pointers);
        Assert.Null(kernel.Parameters[3].Pointers);
        Assert.Contains(".param .align 8 .b8 param_all[56],", kernel.Ptx, StringComparison.Ordinal);
        Assert.Contains(".param .align 16 .b8 param_four[16]\n", kernel.Ptx, StringComparison.Ordinal);
        string[] loads =
        [
            "u64 [param_all]", "u64 [param_all+24]", "u64 [param_all+40]", "s16 [param_all+16]", "u8 [param_all+18]", "f32 [param_all+52]",
            "u32 [param_n]", "f32 [param_four+12]",
        ];
        foreach (string[] words in loads.Select(load => load.Split(' ')))
        {
            string begin = $"ld.param.{words[0]} ", end = $", {words[1]};";
            Assert.Contains(kernel.Ptx.Split('\n').Select(line => line.Trim()),
                line => line.StartsWith(begin, StringComparison.Ordinal) && line.EndsWith(end, StringComparison.Ordinal));
        }
        Assert.NotNull(PtxModule.Parse(kernel.Ptx));
    }

    /// <summary>What .NET says of the sizes.</summary>
    [Fact]
    public void TheLayoutIsDotNets()
    {
        Assert.Equal(56, Unsafe.SizeOf<All>());
        Assert.Equal(16, Unsafe.SizeOf<View<float>>());
    }

    /// <summary>The bytes of the struct, as the host has them, are the argument.</summary>
    [Fact]
    public void TheEmulatorTakesTheBytes()
    {
        CompiledKernel kernel = KernelCompiler.Compile<Plain>();
        var bytes = new byte[Unsafe.SizeOf<Numbers>()];
        Unsafe.WriteUnaligned(ref bytes[0], new Numbers(true, -5, 2.5, new Inner(7, -300)));
        var y = new byte[3 * sizeof(double)];
        var request = new LaunchRequest(kernel.Entry, new Dim3(1, 1, 1), new Dim3(1, 1, 1), 0,
            [new LaunchArgument.Value(bytes), new LaunchArgument.Buffer("y"), new LaunchArgument.Value(BitConverter.GetBytes(3L))],
            new Dictionary<string, byte[]> { ["y"] = y });
        Assert.Null(PtxEmulator.Run(PtxModule.Parse(kernel.Ptx), request, null).Fault);
        Assert.Equal([2.5 - 5, 7 - 300, 1], Enumerable.Range(0, 3).Select(i => BitConverter.ToDouble(y, i * sizeof(double))));
    }

    internal readonly record struct Inner(byte Small, short Number);

    internal readonly record struct Numbers(bool Flag, int Whole, double Real, Inner Inner);

    internal readonly record struct All(View<int> X, Inner2 Mid, View<float> Y, Tail End);

    internal readonly record struct Inner2(short Number, bool Flag);

    internal readonly unsafe struct Tail(int* pointer, int count, float scale)
    {
        public int* Pointer => pointer;

        public int Count => count;

        public float Scale => scale;
    }

    internal readonly unsafe struct Nested(All all, int n, Half2 pair, Float4 four) : IKernel
    {
        public static Block Block => new(1);

        public void Run()
        {
            all.X[0] = all.Mid.Number + (all.Mid.Flag ? n : *all.End.Pointer) + all.End.Count;
            all.Y[0] = all.End.Scale * four.W + pair.Low;
        }
    }

    internal readonly struct Plain(Numbers numbers, View<double> y) : IKernel
    {
        public static Block Block => new(1);

        public void Run()
        {
            y[0] = numbers.Real + numbers.Whole;
            y[1] = numbers.Inner.Small + numbers.Inner.Number;
            y[2] = numbers.Flag ? 1 : 0;
        }
    }
}
