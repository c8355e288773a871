using System.Buffers.Binary;

namespace CogVideoX.Emulator.Tests.Device;

/// <summary>The block of bytes that a launch's parameters are given in.</summary>
public class ParameterBlockTests
{
    private const string Mixed = """
        .version 8.6
        .target sm_80
        .address_size 64
        .visible .entry mixed(
            .param .u8 a, .param .u16 b, .param .u8 c, .param .f64 d, .param .u8 e, .param .align 4 .b8 s[12], .param .u64 out,
            .param .u8 z)
        {
        .reg .b16 %h<8>; .reg .b32 %r<16>; .reg .b64 %rd<8>; .reg .f64 %fd<2>;
        ld.param.u64 %rd1, [out];
        ld.param.u8 %r1, [a]; ld.param.u16 %h1, [b]; ld.param.u8 %r3, [c]; ld.param.f64 %fd1, [d]; ld.param.u8 %r4, [e];
        ld.param.u32 %r5, [s]; ld.param.u32 %r6, [s+4]; ld.param.u32 %r7, [s+8]; ld.param.u8 %r8, [z];
        cvt.u32.u16 %r2, %h1;
        cvt.rzi.u32.f64 %r9, %fd1;
        st.global.u32 [%rd1], %r1; st.global.u32 [%rd1+4], %r2; st.global.u32 [%rd1+8], %r3; st.global.u32 [%rd1+12], %r9;
        st.global.u32 [%rd1+16], %r4; st.global.u32 [%rd1+20], %r5; st.global.u32 [%rd1+24], %r6; st.global.u32 [%rd1+28], %r7;
        st.global.u32 [%rd1+32], %r8;
        ret;
        }
        """;

    [Fact]
    public void ParametersStandAsInAStruct()
    {
        using var device = new EmulatedDevice();
        EmulatedKernel kernel = device.Load(Mixed).Kernel("mixed");
        Assert.Equal([0, 2, 4, 8, 16, 20, 32, 40], kernel.Parameters.Select(p => p.Offset));
        Assert.Equal([1, 2, 1, 8, 1, 12, 8, 1], kernel.Parameters.Select(p => p.Bytes));
        Assert.Equal(41, kernel.ParameterBytes);
    }

    [Theory]
    [InlineData(41)]
    [InlineData(48)]
    public void EachParameterIsReadWhereItStands(int bytes)
    {
        using var device = new EmulatedDevice();
        EmulatedKernel kernel = device.Load(Mixed).Kernel("mixed");
        ulong x = device.Allocate(36);
        for (byte round = 1; round <= 2; round++)
        {
            var block = new byte[bytes];
            (block[0], block[2], block[4], block[16], block[20], block[24], block[28], block[40]) = (round, 2, 3, 5, 6, 7, 8, 9);
            BinaryPrimitives.WriteDoubleLittleEndian(block.AsSpan(8), 4);
            BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(32), x);
            Assert.Null(device.Launch(kernel, new Dim3(1), new Dim3(1), 0, block).Fault?.ToString());
            Assert.Equal([round, 2u, 3, 4, 5, 6, 7, 8, 9], Gpu.Words(device, x, 9));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(49)]
    public void TheBlockMustBeWhole(int bytes)
    {
        using var device = new EmulatedDevice();
        EmulatedKernel kernel = device.Load(Mixed).Kernel("mixed");
        var error = Assert.Throws<LaunchException>(() => device.Launch(kernel, new Dim3(1), new Dim3(1), 0, new byte[bytes]));
        Assert.Contains("have 41 bytes", error.Message);
    }

    [Fact]
    public void NamesThatArentThereAreNamed()
    {
        using var device = new EmulatedDevice();
        using var other = new EmulatedDevice();
        EmulatedModule module = device.Load(Mixed);
        Assert.Contains("mixed", Assert.Throws<LaunchException>(() => module.Kernel("nothing")).Message);
        Assert.Throws<LaunchException>(() => module.Global("nothing"));
        Assert.Throws<LaunchException>(() => other.Launch(module.Kernel("mixed"), new Dim3(1), new Dim3(1), 0, new byte[41]));
        Assert.Throws<LaunchException>(() => device.Launch(module.Kernel("mixed"), new Dim3(1), new Dim3(1), -1, new byte[41]));
    }

    /// <summary>Dynamic shared memory decides where other variables stand: each size is decoded for itself.</summary>
    [Fact]
    public void TheSizeOfDynamicSharedMemoryMayChange()
    {
        using var device = new EmulatedDevice();
        EmulatedKernel kernel = device.Load(Gpu.Module(".extern .shared .align 16 .b8 dyn[];", ("last", """
            .shared .align 4 .b8 own[128];
            mov.u32 %r6, %dynamic_smem_size; mov.u32 %r7, dyn; add.u32 %r7, %r7, %r6; mul.lo.u32 %r8, %r4, 4;
            mov.u32 %r9, own; add.u32 %r9, %r9, %r8; st.shared.u32 [%r9], %r6;
            st.shared.u32 [%r7+-4], %r6; ld.shared.u32 %r5, [%r7+-4]; ld.shared.u32 %r10, [%r9]; add.u32 %r5, %r5, %r10;
            st.global.u32 [%rd2], %r5;
            """))).Kernel("last");
        ulong x = device.Allocate(128);
        foreach (int bytes in new[] { 16, 40_000, 16, 1024 })
        {
            Assert.Null(device.Launch(kernel, new Dim3(3), new Dim3(1), bytes, BitConverter.GetBytes(x)).Fault?.ToString());
            Assert.Equal((uint)bytes * 2, Gpu.Words(device, x, 3)[2]);
        }
    }

    /// <summary>A CTA finds nothing of an earlier one in its registers, its shared or its local memory.</summary>
    [Theory]
    [InlineData("ld.shared.u32 %r5, [sh]; st.global.u32 [%rd2], %r5; WRITE: st.shared.u32 [sh], 1;")]
    [InlineData("ld.local.u32 %r5, [lo]; st.global.u32 [%rd2], %r5; WRITE: st.local.u32 [lo], 1;")]
    [InlineData("st.global.u32 [%rd2], %r20; WRITE: mov.u32 %r20, 1;")]
    public void NothingIsLeftOfEarlierCtas(string body)
    {
        using var device = new EmulatedDevice();
        EmulatedModule module = device.Load(Gpu.Module((
            "k", ".shared .align 4 .b8 sh[4]; .local .align 4 .b8 lo[4]; setp.ne.u32 %p1, %r2, 100; @%p1 bra WRITE;\n" + body)));
        ulong x = device.Allocate(4096);
        Gpu.Run(device, module.Kernel("k"), x, blocks: 100, threads: 1);
        Assert.Equal(FaultKind.Uninitialized, Gpu.Launch(device, module.Kernel("k"), x, blocks: 101, threads: 1).Fault?.Kind);
    }
}
