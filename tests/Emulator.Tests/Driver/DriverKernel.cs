using System.Text;

namespace CogVideoX.Emulator.Tests.Driver;

/// <summary>Kernels that call what the driver defines.</summary>
internal static class DriverKernel
{
    public const string Declarations = """
        .extern .func (.param .b32 rv) vprintf (.param .b64 a, .param .b64 b);
        .extern .func __assertfail (.param .b64 a, .param .b64 b, .param .b32 c, .param .b64 d, .param .b64 e) .noreturn;
        .extern .func (.param .b64 rv) malloc (.param .b64 a);
        .extern .func free (.param .b64 a);
        """;

    /// <summary>Allocates into %rd10.</summary>
    public static string Malloc(string bytes) => Malloc(bytes, "%rd10");

    public static string Malloc(string bytes, string to) => $$"""
        { .param .b64 p; .param .b64 r; st.param.b64 [p], {{bytes}}; call.uni (r), malloc, (p); ld.param.b64 {{to}}, [r]; }
        """;

    public static string Free(string pointer) => $$"""
        { .param .b64 p; st.param.b64 [p], {{pointer}}; call.uni free, (p); }
        """;

    /// <summary>Prints with a format and a buffer of arguments; the result comes into %r30.</summary>
    public static string Print(string format, string arguments) => $$"""
        { .param .b64 p; .param .b64 q; .param .b32 r; st.param.b64 [p], {{format}}; st.param.b64 [q], {{arguments}};
        call.uni (r), vprintf, (p, q); ld.param.b32 %r30, [r]; }
        """;

    public static string Text(string name, string text) =>
        $".global .align 1 .b8 {name}[{Encoding.UTF8.GetByteCount(text) + 1}] = "
            + $"{{{string.Join(", ", Encoding.UTF8.GetBytes(text).Append((byte)0))}}};\n";

    public static LaunchReport Launch(
        string body, string variables = "", int threads = 1, byte[]? x = null, int bytesOfY = 256, LaunchOptions? options = null) =>
        Kernel.Launch(Kernel.Module(body, variables: Declarations + variables), x ?? new byte[256], bytesOfY, threads, 1, options).Report;

    public static Fault Fault(string body, string variables = "", int threads = 1)
    {
        Fault? fault = Launch(body, variables, threads).Fault;
        Assert.NotNull(fault);
        Assert.True(fault.Line > 0, fault.ToString());
        return fault;
    }
}
