using System.Runtime.InteropServices;

namespace CogVideoX.Emulator.Tests.Device;

/// <summary>A device with small kernels on it.</summary>
internal static class Gpu
{
    private const string Registers = """
            .reg .pred %p<8>; .reg .b16 %h<8>; .reg .b32 %r<32>; .reg .b64 %rd<32>; .reg .f32 %f<8>;
        """;

    /// <summary>A module with kernels of one parameter, a pointer that is in %rd1; %r1 is the thread's number in the grid.</summary>
    public static string Module(params (string Name, string Body)[] kernels) => Module("", kernels);

    public static string Module(string before, params (string Name, string Body)[] kernels) => $$"""
        .version 8.6
        .target sm_80
        .address_size 64
        {{before}}
        {{string.Join('\n', kernels.Select(k => $$"""
            .visible .entry {{k.Name}}(.param .u64 x)
            {
            {{Registers}}
            ld.param.u64 %rd1, [x];
            mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mov.u32 %r4, %tid.x;
            mad.lo.u32 %r1, %r2, %r3, %r4;
            mul.wide.u32 %rd3, %r1, 4;
            add.s64 %rd2, %rd1, %rd3;
            {{k.Body}}
            ret;
            }
            """))}}
        """;

    /// <summary>Adds 1 to a word a thread, sets it to 7, or reads it alone.</summary>
    public static readonly string Simple = Module(
        ("add", "ld.global.u32 %r5, [%rd2]; add.u32 %r5, %r5, 1; st.global.u32 [%rd2], %r5;"),
        ("set", "st.global.u32 [%rd2], 7;"),
        ("outside", "st.global.u32 [%rd1+1000000], 7;"),
        ("race", "st.global.u32 [%rd1], %r1;"),
        ("twice", "ld.global.u32 %r5, [%rd2]; add.u32 %r5, %r5, %r5; st.global.u32 [%rd2], %r5;"));

    public static LaunchReport Launch(EmulatedDevice device, EmulatedKernel kernel, ulong x, int blocks = 1, int threads = 32) =>
        device.Launch(kernel, new Dim3(blocks), new Dim3(threads), 0, BitConverter.GetBytes(x));

    /// <summary>A launch that must end well.</summary>
    public static void Run(EmulatedDevice device, EmulatedKernel kernel, ulong x, int blocks = 1, int threads = 32)
    {
        LaunchReport report = Launch(device, kernel, x, blocks, threads);
        Assert.True(report.Fault is null, report.Fault?.ToString());
    }

    public static void CopyIn(EmulatedDevice device, uint[] words, ulong to) => device.CopyIn(MemoryMarshal.AsBytes<uint>(words), to);

    public static uint[] Words(EmulatedDevice device, ulong from, int count)
    {
        var words = new uint[count];
        device.CopyOut(from, MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }
}
