namespace CogVideoX.Emulator.Tests;

/// <summary>Runs a few lines of PTX as a kernel with buffers.</summary>
internal static class Kernel
{
    private const string Registers = """
            .reg .pred %p<16>; .reg .b16 %h<16>; .reg .b32 %r<64>; .reg .b64 %rd<64>; .reg .f32 %f<32>; .reg .f64 %fd<16>;
        """;

    /// <summary>A module with one kernel k(x, y) and these lines as its body; %rd1 and %rd2 point to x and y, %r1 is tid.x.</summary>
    public static PtxModule Module(string body, string target = "sm_80", string variables = "") => PtxModule.Parse($$"""
        .version 9.0
        .target {{target}}
        .address_size 64
        {{variables}}
        .visible .entry k(.param .u64 x, .param .u64 y)
        {
        {{Registers}}
        ld.param.u64 %rd1, [x];
        ld.param.u64 %rd2, [y];
        mov.u32 %r1, %tid.x;
        {{body}}
        ret;
        }
        """);

    public static (Fault? Fault, byte[] Y) Run(
        string body, byte[] x, int bytesOfY, int threads = 32, int blocks = 1, LaunchOptions? options = null,
        string target = "sm_80", string variables = "")
    {
        (LaunchReport report, byte[] y) = Launch(Module(body, target, variables), x, bytesOfY, threads, blocks, options);
        return (report.Fault, y);
    }

    public static (LaunchReport Report, byte[] Y) Launch(
        PtxModule module, byte[] x, int bytesOfY, int threads, int blocks, LaunchOptions? options = null)
    {
        var buffers = new Dictionary<string, byte[]> { ["x"] = x, ["y"] = new byte[bytesOfY] };
        var request = new LaunchRequest("k", new Dim3(blocks), new Dim3(threads), 0,
            [new LaunchArgument.Buffer("x"), new LaunchArgument.Buffer("y")], buffers);
        LaunchReport report = PtxEmulator.Run(module, request, options ?? new LaunchOptions { MaxLaunchInstructions = 1_000_000 });
        return (report, buffers["y"]);
    }
}
