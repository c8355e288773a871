namespace CogVideoX.Emulator.Tests;

/// <summary>
/// Threads that end before a barrier aren't waited for (CUDA guide, compute capability 7.x), however the code says so and whatever the
/// lanes do first. Those that live on and don't come are.
/// </summary>
public class EarlyEndTests
{
    private const string Start =
        "mov.u32 %r1, %tid.x; mul.wide.u32 %rd2, %r1, 4; add.s64 %rd2, %rd1, %rd2; and.b32 %r2, %r1, 1; setp.ne.u32 %p1, %r2, 0; ";

    [Theory]
    [InlineData("@!%p1 ret; bar.sync 0; st.global.u32 [%rd2], 1;")]
    [InlineData("@!%p1 bra L; bar.sync 0; st.global.u32 [%rd2], 1; L:")]
    [InlineData("@%p1 bra A; bra L; A: bar.sync 0; st.global.u32 [%rd2], 1; bra L; L:")]
    [InlineData("@%p1 bra A; st.global.u32 [%rd2], 7; ret; A: bar.sync 0; st.global.u32 [%rd2], 1;")]
    [InlineData("@!%p1 bra A; bar.sync 0; st.global.u32 [%rd2], 1; ret; A: st.global.u32 [%rd2], 7; st.global.u32 [%rd2], 8;")]
    public void TheOthersMeetAtTheBarrier(string body)
    {
        for (int seed = 0; seed < 8; seed++)
        {
            var buffers = new Dictionary<string, byte[]> { ["o"] = new byte[256] };
            var request = new LaunchRequest("k", new Dim3(1), new Dim3(64), 0, [new LaunchArgument.Buffer("o")], buffers);
            Assert.Null(PtxEmulator.Run(Small.Module(Start + body), request, new LaunchOptions { Seed = seed }).Fault?.ToString());
            for (int i = 1; i < 64; i += 2)
                Assert.Equal(1, BitConverter.ToInt32(buffers["o"], 4 * i));
        }
    }

    [Theory]
    [InlineData("@!%p1 bra A; bar.sync 0; A: st.global.u32 [%rd2], 1;")]
    [InlineData("@%p1 bra A; bar.sync 0; ret; A: bar.sync 0; st.global.u32 [%rd2], 1;")]
    [InlineData("@%p1 bar.sync 0; st.global.u32 [%rd2], 1;")]
    public void WhoeverLivesOnMustCome(string body) => Small.Faults(FaultKind.Divergent, "bar.sync", Start + body, threads: 64);
}
