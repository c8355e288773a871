using System.Runtime.InteropServices;

namespace CogVideoX.Emulator.Tests;

/// <summary>
/// Kernels k(o) of a few lines; %rd1 points to o, which nobody has written. They are for sm_90a, or for the target that a comment in
/// them names: <c>/* sm_100a */</c>.
/// </summary>
internal static class Small
{
    public static PtxModule Module(string body, string before = "") => PtxModule.Parse($$"""
        .version 8.6
        .target {{(body.Contains("/* sm_100a */", StringComparison.Ordinal) ? "sm_100a" : "sm_90a")}}
        .address_size 64
        {{before}}
        .visible .entry k(.param .u64 o)
        {
        .reg .b16 %h<16>; .reg .b32 %r<64>; .reg .b64 %rd<32>; .reg .f32 %f<16>; .reg .f64 %fd<8>; .reg .pred %p<8>; .reg .b128 %q<4>;
        ld.param.u64 %rd1, [o];
        {{body}}
        ret;
        }
        """);

    public static (Fault? Fault, byte[] O) Run(string body, string before = "", int threads = 1, int dynamicBytes = 0, int bytes = 4096)
    {
        var buffers = new Dictionary<string, byte[]> { ["o"] = new byte[bytes] };
        var request = new LaunchRequest("k", new Dim3(1), new Dim3(threads), dynamicBytes, [new LaunchArgument.Buffer("o")], buffers)
        {
            Unwritten = new HashSet<string> { "o" },
        };
        return (PtxEmulator.Run(Module(body, before), request, new LaunchOptions { MaxLaunchInstructions = 1_000_000 }).Fault,
            buffers["o"]);
    }

    /// <summary>What a kernel that must end well leaves in o, as words.</summary>
    public static uint[] Words(string body, string before = "", int threads = 1, int dynamicBytes = 0)
    {
        (Fault? fault, byte[] o) = Run(body, before, threads, dynamicBytes);
        Assert.True(fault is null, fault?.ToString());
        return MemoryMarshal.Cast<byte, uint>(o).ToArray();
    }

    /// <summary>Lines that leave a result in %r5, or in %rd5 if they name it.</summary>
    public static ulong Value(string body, string before = "")
    {
        bool wide = body.Contains("%rd5", StringComparison.Ordinal);
        uint[] words = Words(body + (wide ? "\nst.global.u64 [%rd1], %rd5;" : "\nst.global.u32 [%rd1], %r5;"), before);
        return words[0] | (wide ? (ulong)words[1] << 32 : 0);
    }

    public static void Faults(FaultKind kind, string word, string body, string before = "", int threads = 1)
    {
        Fault? fault = Run(body, before, threads).Fault;
        Assert.True(fault?.Kind == kind, fault?.ToString() ?? "no fault");
        Assert.Contains(word, fault!.Message);
        Assert.True(fault.Line > 0, fault.ToString());
    }

    public static void Refused(string word, string body, string before = "")
    {
        var error = Assert.Throws<PtxException>(() => Run(body, before));
        Assert.Contains(word, error.Message);
        Assert.True(error.Line >= 4, error.Message);
    }
}
