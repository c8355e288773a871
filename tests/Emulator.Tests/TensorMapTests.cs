namespace CogVideoX.Emulator.Tests;

/// <summary>Tensor maps that a kernel makes or changes (PTX ISA 9.7.9.28–29).</summary>
public class TensorMapTests
{
    internal const string Variables = """
        .global .align 128 .b8 map[128];
        .global .align 128 .b32 t[64] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
        .shared .align 128 .b8 smap[128];
        .shared .align 128 .b8 tile[64];
        .shared .align 8 .b64 bar;
        """;

    /// <summary>Lane 0 makes a map of t as rows of 8 words, boxes of 4 by 2; then the warp copies it to global memory.</summary>
    private const string Make = """
        mov.u32 %r1, %tid.x;
        mul.lo.u32 %r2, %r1, 4;
        mov.u32 %r3, smap;
        add.u32 %r4, %r3, %r2;
        mov.u64 %rd2, map;
        mov.u64 %rd3, t;
        setp.eq.u32 %p1, %r1, 0;
        st.shared.u32 [%r4], 0;
        bar.warp.sync -1;
        @!%p1 bra MADE;
        tensormap.replace.tile.global_address.shared::cta.b1024.b64 [%r3], %rd3;
        tensormap.replace.tile.rank.shared::cta.b1024.b32 [%r3], 1;
        tensormap.replace.tile.box_dim.shared::cta.b1024.b32 [%r3], 0, 4;
        tensormap.replace.tile.box_dim.shared::cta.b1024.b32 [%r3], 1, 2;
        tensormap.replace.tile.global_dim.shared::cta.b1024.b32 [%r3], 0, 8;
        tensormap.replace.tile.global_dim.shared::cta.b1024.b32 [%r3], 1, 4;
        tensormap.replace.tile.global_stride.shared::cta.b1024.b64 [%r3], 0, 32;
        tensormap.replace.tile.element_stride.shared::cta.b1024.b32 [%r3], 0, 1;
        tensormap.replace.tile.element_stride.shared::cta.b1024.b32 [%r3], 1, 1;
        tensormap.replace.tile.elemtype.shared::cta.b1024.b32 [%r3], 2;
        tensormap.replace.tile.interleave_layout.shared::cta.b1024.b32 [%r3], 0;
        tensormap.replace.tile.swizzle_mode.shared::cta.b1024.b32 [%r3], 0;
        tensormap.replace.tile.fill_mode.shared::cta.b1024.b32 [%r3], 0;
        mbarrier.init.shared::cta.b64 [bar], 1;
        fence.mbarrier_init.release.cluster;
        MADE:
        tensormap.cp_fenceproxy.global.shared::cta.tensormap::generic.release.gpu.sync.aligned [%rd2], [smap], 128;
        """;

    private const string Acquire = "fence.proxy.tensormap::generic.acquire.gpu [%rd2], 128;";

    /// <summary>Lane 0 loads the box at (2, 1) and gives its first and fifth word.</summary>
    private const string Load = """
        @!%p1 bra END;
        mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 32;
        cp.async.bulk.tensor.2d.shared::cta.global.tile.mbarrier::complete_tx::bytes [tile], [%rd2, {2, 1}], [bar];
        WAIT: mbarrier.try_wait.parity.shared::cta.b64 %p2, [bar], 0;
        @!%p2 bra WAIT;
        ld.shared.u32 %r5, [tile];
        ld.shared.u32 %r6, [tile+16];
        st.global.v2.u32 [%rd1], {%r5, %r6};
        END:
        """;

    /// <summary>Makes the map and takes it over.</summary>
    internal const string Made = Make + Acquire;

    private static string Module(string body) => body.Replace("shared::cta.global.tile", "shared::cluster.global.tile");

    [Fact]
    public void AMapMadeInSharedMemoryIsUsed() => Assert.Equal([10u, 18], Small.Words(Module(Make + Acquire + Load), Variables,
        threads: 32)[..2]);

    [Fact]
    public void AChangedMapIsUsedAsChanged() => Assert.Equal([8u, 12], Small.Words(Module(Make + """
        add.s64 %rd4, %rd3, 16;
        @!%p1 bra CHANGED;
        tensormap.replace.tile.global_stride.global.b1024.b64 [%rd2], 0, 16;
        tensormap.replace.tile.global_address.global.b1024.b64 [%rd2], %rd4;
        fence.proxy.tensormap::generic.release.gpu;
        CHANGED:
        """ + Acquire + Load.Replace("{2, 1}", "{0, 1}")), Variables, threads: 32)[..2]);

    [Fact]
    public void AChangedMapNeedsItsFence()
    {
        Small.Faults(FaultKind.Proxy, "fence.proxy.tensormap", Module(Make + Load), Variables, threads: 32);
        Small.Faults(FaultKind.Proxy, "fence.proxy.tensormap", Module(Make + "fence.proxy.async;" + Load), Variables, threads: 32);
        Small.Faults(FaultKind.Proxy, "fence.proxy.tensormap", Module(Make + Acquire + """
            @!%p1 bra CHANGED;
            tensormap.replace.tile.global_stride.global.b1024.b64 [%rd2], 0, 16;
            CHANGED:
            """ + Load), Variables, threads: 32);
    }

    [Theory]
    [InlineData("tensormap.replace.tile.rank.global.b1024.b32 [%rd2], 9;", FaultKind.Invalid, "dimensions")]
    [InlineData("tensormap.replace.tile.box_dim.global.b1024.b32 [%rd2], 0, 3;", FaultKind.Invalid, "multiple of 16")]
    [InlineData("tensormap.replace.tile.box_dim.global.b1024.b32 [%rd2], 0, 0;", FaultKind.Invalid, "box")]
    [InlineData("tensormap.replace.tile.global_stride.global.b1024.b64 [%rd2], 0, 17;", FaultKind.Invalid, "strides")]
    [InlineData("tensormap.replace.tile.interleave_layout.global.b1024.b32 [%rd2], 1;", FaultKind.Invalid, "interleaved")]
    [InlineData("tensormap.replace.tile.element_stride.global.b1024.b32 [%rd2], 0, 2;", FaultKind.Invalid, "element_stride")]
    [InlineData("tensormap.replace.tile.global_address.global.b1024.b64 [%rd2], 4096;", FaultKind.OutOfBounds, "global memory")]
    [InlineData("tensormap.replace.tile.global_dim.global.b1024.b32 [%rd2], 1, 4000;", null, "")]
    public void AMapThatNoDriverMakesIsFound(string change, FaultKind? kind, string word)
    {
        string body = Module(Make + $"@%p1 {change}" + Acquire + Load);
        if (kind is { } fault)
            Small.Faults(fault, word, body, Variables, threads: 32);
        else
            Small.Words(body, Variables, threads: 32);
    }

    [Fact]
    public void BytesThatAreNoMapAreFound() => Small.Faults(FaultKind.Invalid, "no tensor map", Module("""
        mov.u64 %rd2, map;
        mov.u32 %r1, %tid.x;
        setp.eq.u32 %p1, %r1, 0;
        mbarrier.init.shared::cta.b64 [bar], 1;
        fence.mbarrier_init.release.cluster;
        """ + Load), Variables);

    [Theory]
    [InlineData("tensormap.replace.tile.global_dim.global.b1024.b32 [%rd2], 5, 4;", "between 0 and 4")]
    [InlineData("tensormap.replace.tile.swizzle_mode.global.b1024.b32 [%rd2], 9;", "0 to 4")]
    [InlineData("tensormap.replace.tile.swizzle_mode.global.b1024.b32 [%rd2], %r1;", "constant")]
    [InlineData("tensormap.replace.tile.global_address.global.b1024.b32 [%rd2], %r1;", "type")]
    [InlineData("tensormap.replace.tile.color.global.b1024.b32 [%rd2], %r1;", "missing")]
    [InlineData("fence.proxy.tensormap::generic.acquire.gpu [%rd2], 64;", "128 bytes")]
    [InlineData("fence.proxy.tensormap::generic.release [%rd2], 128;", "scope")]
    [InlineData("tensormap.cp_fenceproxy.global.shared::cta.tensormap::generic.release.gpu.sync.aligned [%rd2], [smap], 64;", "128 bytes")]
    public void AWrongFormIsRefused(string line, string word) => Small.Refused(word, line, Variables);
}
