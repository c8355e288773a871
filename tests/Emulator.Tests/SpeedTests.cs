namespace CogVideoX.Emulator.Tests;

public class SpeedTests(ITestOutputHelper output)
{
    /// <summary>Prints how fast a plain loop with a load and a store runs; asserts only that it is right.</summary>
    [Fact]
    public void PlainLoop()
    {
        const int Rounds = 100_000, Threads = 256;
        PtxModule module = Kernel.Module($"""
            mul.wide.u32 %rd3, %r1, 4;
            add.s64 %rd4, %rd1, %rd3;
            add.s64 %rd5, %rd2, %rd3;
            mov.u32 %r2, 0;
            mov.f32 %f1, 0f00000000;
            LOOP:
            ld.global.f32 %f2, [%rd4];
            fma.rn.f32 %f1, %f2, 0f3F000000, %f1;
            add.f32 %f3, %f1, %f2;
            max.f32 %f4, %f3, %f1;
            xor.b32 %r3, %r2, %r1;
            add.s32 %r4, %r3, 17;
            st.global.f32 [%rd5], %f4;
            add.s32 %r2, %r2, 1;
            setp.lt.u32 %p1, %r2, {Rounds};
            @%p1 bra LOOP;
            """);
        var options = new LaunchOptions { MaxThreadInstructions = 20 * Rounds, MaxLaunchInstructions = 20L * Rounds * Threads / 32 };
        Kernel.Launch(module, new byte[4 * Threads], 4 * Threads, Threads, 1, options);   // compiles the hot paths
        TimeSpan before = Environment.CpuUsage.UserTime;
        (LaunchReport report, _) = Kernel.Launch(module, new byte[4 * Threads], 4 * Threads, Threads, 1, options);
        double seconds = (Environment.CpuUsage.UserTime - before).TotalSeconds;
        Assert.Null(report.Fault);
        output.WriteLine(
            $"{report.Counters.ThreadInstructions / seconds / 1e6:F0} million thread-instructions a second of the process's time");
        Assert.Equal(Rounds * 10 * Threads / 32, report.Counters.WarpInstructions - 9 * Threads / 32);
    }
}
