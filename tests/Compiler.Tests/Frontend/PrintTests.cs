#define DEBUG // so that calls of Debug.Assert stay

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <summary>What Device.Print and Device.Assert hand to the driver.</summary>
public sealed partial class PrintTests
{
    /// <summary>Formats become those of C's printf, and arguments lie as nvcc puts them: each aligned to its size, floats as
    /// doubles.</summary>
    [Fact]
    public void FormatsAndArguments()
    {
        string ptx = KernelCompiler.Compile<Prints>().Ptx;
        Assert.Equal(
            [
                "100%% {braces} done\n",
                "%d %u %lld %llu %g %g\n",
                "%d %u %d %u %d %c\n",
                "0x%llx %lld %X %.2X %.16llX\n",
                "%.2f %.3E %.9G %8d %-8u|%.4d\n",
                "%d %d\n",
                "%g %g %u\n",
            ], Texts(ptx));
        const string Declaration = ".extern .func (.param .b32 written) vprintf (.param .b64 format, .param .b64 arguments);\n";
        Assert.Contains(Declaration, ptx, StringComparison.Ordinal);
        Assert.Equal(1, ptx.Split(".extern").Length - 1);
        string[] stores =
        [
            .. ptx.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("st.local", StringComparison.Ordinal))
                .Select(line => Registers().Replace(line, "R")),
        ];
        string[] oneOfEach =
        [
            "st.local.u32 [R], R;", "st.local.u32 [R+4], R;", "st.local.u64 [R+8], R;", "st.local.u64 [R+16], R;",
            "st.local.f64 [R+24], R;", "st.local.f64 [R+32], R;",
        ];
        Assert.Equal(oneOfEach, stores[..6]);
        string[] aligned =
        [
            "st.local.u64 [R], R;", "st.local.u64 [R+8], R;", "st.local.u32 [R+16], R;", "st.local.u32 [R+20], R;",
            "st.local.u64 [R+24], R;",
        ];
        Assert.Equal(aligned, stores[12..17]);
        Assert.NotNull(PtxModule.Parse(ptx));
    }

    /// <summary>A call has its parameters in a scope of its own, and is no claim that all lanes take it.</summary>
    [Fact]
    public void TheCallIsThatOfTheDriver()
    {
        string ptx = KernelCompiler.Compile<PrintsOne>(new CompileOptions { LineTable = false }).Ptx;
        Assert.Contains("""
                    .param .b64 format;
                    .param .b64 arguments;
                    .param .b32 written;
                    st.param.b64 [format], %rd5;
                    st.param.b64 [arguments], %rd7;
                    call (written), vprintf, (format, arguments);
                }
            """.ReplaceLineEndings("\n"), ptx, StringComparison.Ordinal);
        Assert.Contains("cvta.local.u64 %rd7, ", ptx, StringComparison.Ordinal);
        Assert.Contains("cvta.global.u64 %rd5, ", ptx, StringComparison.Ordinal);
        Assert.Contains(".local .align 8 .b8 local_printed[4];", ptx, StringComparison.Ordinal);
    }

    /// <summary>Condition, file without its folder, line, method; nothing where the condition is known to hold.</summary>
    [Fact]
    public void AssertionsNameTheirPlace()
    {
        string ptx = KernelCompiler.Compile<Asserts>(new CompileOptions { LineTable = false }).Ptx;
        Assert.Equal(["x[0] > 0", "PrintTests.cs", "Asserts.Run", "a message"], Texts(ptx));
        string[] source = File.ReadAllLines(ThisFile());
        int line = Array.FindLastIndex(source, text => text.Contains("Device.Assert(x[0] > 0);", StringComparison.Ordinal)) + 1;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"st.param.b32 [line], {line};"), ptx, StringComparison.Ordinal);
        Assert.Equal(2, ptx.Split("call __assertfail, (message, file, line, function, size);").Length - 1);
        Assert.NotNull(PtxModule.Parse(ptx));
    }

    /// <summary>Debug builds keep Debug.Assert; here the call is made as they would.</summary>
    [Fact]
    public void DebugAssertIsTheSame()
    {
        string ptx = KernelCompiler.Compile<DebugAsserts>().Ptx;
        Assert.Contains("positive", Texts(ptx));
        Assert.Contains("PrintTests.cs", Texts(ptx));
    }

    private static string ThisFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    /// <summary>The strings of a module, without their zeros.</summary>
    private static string[] Texts(string ptx) =>
    [
        .. Bytes().Matches(ptx).Select(match => Encoding.UTF8.GetString(
            [.. match.Groups[1].Value.Split(',').Select(number => byte.Parse(number, CultureInfo.InvariantCulture))]).TrimEnd('\0')),
    ];

    [GeneratedRegex(@"\.b8 global_text\w*\[\d+\] = \{([^}]*)\}")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"%[a-z]+\d+")]
    private static partial Regex Registers();

    internal enum Colour : byte
    {
        Red,
    }

    internal readonly struct Prints(View<int> i, View<uint> u, View<long> l, View<ulong> m, View<float> f, View<double> d) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Device.Print("100% {{braces}} done");
            Device.Print("{0} {1} {2} {3} {4} {5}", i[0], u[0], l[0], m[0], f[0], d[0]);
            Device.Print("{0} {1} {2} {3} {4} {5}", (sbyte)i[0], (byte)i[0], (short)i[0], (ushort)i[0], i[0] > 0, (char)i[0]);
            Device.Print("{0} {1} {2:X} {3:X2} {4:X16}", (nuint)m[0], (nint)l[0], i[0], (byte)i[0], l[0]);
            Device.Print("{0:F2} {1:E3} {2:G9} {3,8} {4,-8}|{5:D4}", f[0], d[0], f[1], i[0], u[0], i[1]);
            Device.Print("{0} {0}", i[0]);
            Device.Print("{0} {1} {2}", (Half)f[0], (BFloat16)f[0], (Colour)(byte)i[0]);
        }
    }

    internal readonly struct PrintsOne(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            if (x[Block.ThreadX] < 0)
                Device.Print("{0}", x[Block.ThreadX]);
        }
    }

    internal readonly struct Asserts(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Device.Assert(x[0] > 0);
            Device.Assert(Block.SizeX == 32);
            Device.Assert(x[1] > 0, "a message");
            x[0] = 1;
        }
    }

    internal readonly struct DebugAsserts(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            Debug.Assert(x[0] > 0, "positive");
            x[0] = 1;
        }
    }
}
