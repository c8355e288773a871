using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>What atomics print, for each type, order and scope, and that it runs.</summary>
public sealed class AtomicTests
{
    [Theory]
    [InlineData(typeof(Adds<int>), "add.s32", "")]
    [InlineData(typeof(Adds<uint>), "add.u32", "")]
    [InlineData(typeof(Adds<long>), "add.u64", "")]
    [InlineData(typeof(Adds<ulong>), "add.u64", "")]
    [InlineData(typeof(Adds<nint>), "add.u64", "")]
    [InlineData(typeof(Adds<float>), "add.f32", "")]
    [InlineData(typeof(Adds<double>), "add.f64", "")]
    [InlineData(typeof(Adds<Half>), "add.noftz.f16", "")]
    [InlineData(typeof(Adds<Half2>), "add.noftz.f16x2", "")]
    [InlineData(typeof(Adds<BFloat16>), "add.noftz.bf16", "sm_90")]
    [InlineData(typeof(Adds<BFloat16x2>), "add.noftz.bf16x2", "sm_90")]
    [InlineData(typeof(Adds<Colour>), "add.s32", "")]
    public void Additions(Type kernel, string operation, string target)
    {
        CompiledKernel compiled = KernelCompiler.Compile(kernel);
        Assert.Contains($"atom.global.{operation} ", compiled.Ptx, StringComparison.Ordinal);
        Assert.Contains($"red.shared.{operation} ", compiled.Ptx, StringComparison.Ordinal);
        Assert.Equal(target.Length == 0 ? "sm_80" : target, compiled.Target.ToString());
        Assert.NotNull(PtxModule.Parse(compiled.Ptx));
    }

    [Theory]
    [InlineData(typeof(Others<int>), "s32", "b32")]
    [InlineData(typeof(Others<uint>), "u32", "b32")]
    [InlineData(typeof(Others<long>), "s64", "b64")]
    [InlineData(typeof(Others<ulong>), "u64", "b64")]
    [InlineData(typeof(Others<nuint>), "u64", "b64")]
    public void OperationsOnIntegers(Type kernel, string number, string bits)
    {
        string ptx = KernelCompiler.Compile(kernel).Ptx;
        foreach (string operation in (string[])["max", "min"])
            Assert.Contains($"atom.global.{operation}.{number} ", ptx, StringComparison.Ordinal);
        foreach (string operation in (string[])["and", "or", "xor", "exch", "cas"])
            Assert.Contains($"atom.global.{operation}.{bits} ", ptx, StringComparison.Ordinal);
        Assert.NotNull(PtxModule.Parse(ptx));
    }

    [Theory]
    [InlineData(typeof(Swaps<short>), "b16")]
    [InlineData(typeof(Swaps<ushort>), "b16")]
    [InlineData(typeof(Swaps<Half>), "b16")]
    [InlineData(typeof(Swaps<BFloat16>), "b16")]
    [InlineData(typeof(Swaps<float>), "b32")]
    [InlineData(typeof(Swaps<Half2>), "b32")]
    [InlineData(typeof(Swaps<double>), "b64")]
    public void ComparingAndExchanging(Type kernel, string bits) =>
        Assert.Contains($"atom.shared.cas.{bits} ", KernelCompiler.Compile(kernel).Ptx, StringComparison.Ordinal);

    /// <summary>red can't acquire: there an atom whose result nobody reads does.</summary>
    [Fact]
    public void OrdersAndScopes()
    {
        string ptx = KernelCompiler.Compile(typeof(OrdersAndScopesKernel)).Ptx;
        string[] expected =
        [
            "atom.global.add.s32", "atom.acquire.global.add.s32", "atom.release.global.add.s32", "atom.acq_rel.global.add.s32",
            "atom.cta.global.add.s32", "atom.sys.global.add.s32", "atom.acq_rel.cta.global.max.s32",
            "red.global.add.s32", "red.release.sys.global.add.s32",
            "atom.acquire.cta.global.add.s32", "atom.acq_rel.global.add.s32", "atom.release.cta.global.cas.b32",
            "atom.acquire.global.exch.b32",
        ];
        IEnumerable<string> opcodes = ptx.Split('\n').Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(expected, opcodes.Where(word => word.Split('.')[0] is "atom" or "red"));
        int[] x = [0];
        Assert.Null(new EmulatedLaunch(typeof(OrdersAndScopesKernel)).View(x).Run(new Dim3(1, 1, 1)).Fault);
    }

    [Fact]
    public void TheClustersScopeNeedsSm90()
    {
        Assert.Equal("sm_90", KernelCompiler.Compile(typeof(InACluster)).Target.ToString());
        Assert.Contains("atom.release.cluster.global.add.s32 ", KernelCompiler.Compile(typeof(InACluster)).Ptx, StringComparison.Ordinal);
        Diagnostic refused = Assert.Throws<CompileException>(
            () => KernelCompiler.Compile(typeof(InACluster), new CompileOptions { Target = Target.Sm80 })).Diagnostic;
        Assert.Equal("CVX3001", refused.Number);
    }

    /// <summary>bf16 sums in the emulator: 200 ones are 200, and 257 rounds to 256.</summary>
    [Fact]
    public void SumsOfBFloat16()
    {
        var sums = new ushort[2];
        LaunchReport report = new EmulatedLaunch(typeof(SumsBFloat16)).View(sums).Run(new Dim3(1, 1, 1));
        Assert.Null(report.Fault);
        Assert.Equal([(ushort)(BitConverter.SingleToUInt32Bits(200) >> 16), (ushort)(BitConverter.SingleToUInt32Bits(256) >> 16)], sums);
    }

    internal enum Colour
    {
        Red,
    }

    internal readonly struct Adds<T>(View<T> x) : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<T> s = Shared.Array<T>(1);
            x[1] = Atomic.Add(ref x[0], x[2]);
            Atomic.Accumulate(ref s[0], x[3]);
        }
    }

    internal readonly struct Others<T>(View<T> x) : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[1] = Atomic.Max(ref x[0], x[1]);
            x[2] = Atomic.Min(ref x[0], x[1]);
            x[3] = Atomic.And(ref x[0], x[1]);
            x[4] = Atomic.Or(ref x[0], x[1]);
            x[5] = Atomic.Xor(ref x[0], x[1]);
            x[6] = Atomic.Exchange(ref x[0], x[1]);
            x[7] = Atomic.CompareExchange(ref x[0], x[1], x[2]);
        }
    }

    internal readonly struct Swaps<T>(View<T> x) : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run()
        {
            Shared<T> s = Shared.Array<T>(1);
            x[0] = Atomic.CompareExchange(ref s[0], x[1], x[2]);
        }
    }

    internal readonly struct OrdersAndScopesKernel(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            ref int place = ref x[0];
            Atomic.Add(ref place, 1);
            Atomic.Add(ref place, 1, MemoryOrder.Acquire);
            Atomic.Add(ref place, 1, MemoryOrder.Release);
            Atomic.Add(ref place, 1, MemoryOrder.AcquireRelease);
            Atomic.Add(ref place, 1, scope: MemoryScope.Block);
            Atomic.Add(ref place, 1, scope: MemoryScope.System);
            Atomic.Max(ref place, 1, MemoryOrder.AcquireRelease, MemoryScope.Block);
            Atomic.Accumulate(ref place, 1);
            Atomic.Accumulate(ref place, 1, MemoryOrder.Release, MemoryScope.System);
            Atomic.Accumulate(ref place, 1, MemoryOrder.Acquire, MemoryScope.Block);
            Atomic.Accumulate(ref place, 1, MemoryOrder.AcquireRelease);
            Atomic.CompareExchange(ref place, 1, 2, MemoryOrder.Release, MemoryScope.Block);
            Atomic.Exchange(ref place, 1, MemoryOrder.Acquire);
        }
    }

    internal readonly struct InACluster(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[1] = Atomic.Add(ref x[0], 1, MemoryOrder.Release, MemoryScope.Cluster);
    }

    internal readonly struct SumsBFloat16(View<BFloat16> sums) : IKernel
    {
        public static Block Block => new(288);

        public void Run()
        {
            if (Block.ThreadX < 200)
                Atomic.Accumulate(ref sums[0], (BFloat16)1f);
            Atomic.Add(ref sums[1], (BFloat16)1f);
        }
    }
}
