using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.Tests.Simd;

/// <summary>Results so large that they are written past the caches are those of the naive forms.</summary>
public sealed unsafe class StreamingTests : IDisposable
{
    private const int Rows = 4400, Width = 1920;
    private const long Count = (long)Rows * Width;

    private readonly float* x = Allocate(), expected = Allocate(), actual = Allocate();
    private readonly CpuThreads threads = new(2);

    public StreamingTests()
    {
        for (long i = 0; i < Count; i++)
            x[i] = MathF.Sin(i % 10_007 * 0.37f);
    }

    [Fact]
    public void OnlyLargeAlignedResultsAreStreamed()
    {
        Assert.Equal(Sse.IsSupported, Streaming.Suits(actual, Width, Count));
        Assert.False(Streaming.Suits(actual, Width, 100 * Width));
        Assert.False(Streaming.Suits(actual + 1, Width, Count));
        Assert.False(Streaming.Suits(actual, Width + 1, Count));
    }

    [Fact]
    public void OfAdd() => Agree(y => new Add(x, x + 3, y, Rows, Width));

    [Fact]
    public void OfSilu() => Agree(y => new Map<Silu>(x, y, Count - 5));

    [Fact]
    public void OfLayerNorm() => Agree(y => new LayerNorm(x, F32(x), F32(x), y, Rows, Width, 1e-5f));

    [Fact]
    public void OfRmsNorm() => Agree(y => new RmsNorm(x, F32(x), y, Rows, Width, 1e-6f));

    [Fact]
    public void OfQkNormRope() => Agree(y => new QkNormRope(x, F32(x), F32(x), 1e-6f, x, x + 64, y, 1, Rows, 226, Width / 64, 64));

    [Fact]
    public void OfGroupNorm()
    {
        var size = new VideoSize(1, 4, 110, 150, 128);
        Agree(y => new GroupNorm(x, F32(x), F32(x), y, size, 32, 1e-6f, default, silu: true));
    }

    public void Dispose()
    {
        threads.Dispose();
        NativeMemory.AlignedFree(x);
        NativeMemory.AlignedFree(expected);
        NativeMemory.AlignedFree(actual);
    }

    private delegate TOperation Make<TOperation>(float* y);

    private void Agree<TOperation>(Make<TOperation> make) where TOperation : struct, IOperation
    {
        new Span<float>(expected, (int)Count).Clear();
        new Span<float>(actual, (int)Count).Clear();
        make(expected).RunReference();
        TOperation operation = make(actual);
        long bytes = operation is IUsesWorkspace user ? user.WorkspaceBytes(DeviceKind.Cpu) : 0;
        fixed (byte* workspace = new byte[bytes])
        {
            threads.Workspace = workspace;
            operation.RunCpu(threads);
        }
        float largest = 0;
        for (long i = 0; i < Count; i++)
            largest = Math.Max(largest, Math.Abs(expected[i] - actual[i]));
        Assert.InRange(largest, 0, 1e-5f);
        Assert.Contains(new ReadOnlySpan<float>(expected, (int)Count).ToArray(), value => Math.Abs(value) > 0.5f);
    }

    private static Elements F32(float* values) => new(values, ElementFormat.F32);

    private static float* Allocate() => (float*)NativeMemory.AlignedAlloc((nuint)(Count + 64) * sizeof(float), 64);
}
