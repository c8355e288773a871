namespace CogVideoX.Emulator.Tests;

/// <summary>Buffers that are larger than an array of the host, and than what 32 bits of index reach.</summary>
public class SparseBufferTests
{
    private const long Size = 20L << 30;

    [Fact]
    public void OffsetsBeyond32BitsOfBytesAreReached()
    {
        (Fault? fault, byte[] y) = Run(
            "mul.wide.u32 %rd3, 3000000000, 4; add.s64 %rd4, %rd1, %rd3; st.global.u32 [%rd4], 77; ld.global.u32 %r5, [%rd4]; "
            + "st.global.u32 [%rd2], %r5;");
        Assert.Null(fault?.ToString());
        Assert.Equal(77u, BitConverter.ToUInt32(y));
    }

    [Fact]
    public void ItHoldsZeros() =>
        Assert.Null(Run("ld.global.u32 %r5, [%rd1+2147483644]; setp.ne.u32 %p1, %r5, 0; @%p1 trap;").Fault?.ToString());

    /// <summary>The same index in 32 bits of bytes comes out somewhere else, or outside.</summary>
    [Fact]
    public void AnIndexThatOverflowsIsFound()
    {
        Fault? fault = Run(
            "mul.lo.s32 %r5, 700000000, 4; cvt.s64.s32 %rd3, %r5; add.s64 %rd4, %rd1, %rd3; st.global.u32 [%rd4], 77;").Fault;
        Assert.Equal(FaultKind.OutOfBounds, Assert.IsType<Fault>(fault).Kind);
    }

    [Fact]
    public void ItEnds() =>
        Assert.Equal(
            FaultKind.OutOfBounds,
            Run($"mov.u64 %rd3, {Size}; add.s64 %rd4, %rd1, %rd3; st.global.u8 [%rd4], %h1;", "mov.u16 %h1, 0;").Fault?.Kind);

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void ASizeMustMakeSense(long size) =>
        Assert.Contains("1 to 34359738368", Assert.Throws<LaunchException>(() => Launch("", size)).Message, StringComparison.Ordinal);

    private static (Fault? Fault, byte[] Y) Run(string body, string before = "")
    {
        var (report, y) = Launch(before + body, Size);
        return (report.Fault, y);
    }

    private static (LaunchReport Report, byte[] Y) Launch(string body, long size)
    {
        byte[] y = new byte[4];
        var request = new LaunchRequest("k", new Dim3(1), new Dim3(1), 0, [new LaunchArgument.Buffer("x"), new LaunchArgument.Buffer("y")],
            new Dictionary<string, byte[]> { ["y"] = y })
        {
            SparseBuffers = new Dictionary<string, long> { ["x"] = size },
        };
        return (PtxEmulator.Run(Kernel.Module(body), request), y);
    }
}
