using CogVideoX.Emulator.Tests.Device;

namespace CogVideoX.Emulator.Tests;

/// <summary>Bounds of a launch's time from its counts, and counts of some CTAs for all.</summary>
public class TimeBoundsTests
{
    // 10 clocks of a multiprocessor a microsecond, and round numbers otherwise.
    private static readonly CardRates Card = new("toy", "a toy", 80, 10, 1e7, 2000, 4000, 128, 64, 1e9, 1e8);

    private const string Specials = """
        cvt.rn.f32.u32 %f1, %r1; ex2.approx.f32 %f2, %f1; rcp.approx.f32 %f3, %f2; add.f32 %f3, %f3, %f2;
        st.global.f32 [%rd2], %f3;
        """;

    [Fact]
    public void SomeCtasAreCountedForAll()
    {
        LaunchCounters whole = Run(Specials, 64, sampled: null, out LaunchReport all).Counters;
        LaunchCounters some = Run(Specials, 64, sampled: 4, out LaunchReport part).Counters;
        Assert.Equal((64, 64), (all.Ctas, all.SampledCtas));
        Assert.Equal((64, 4), (part.Ctas, part.SampledCtas));
        Assert.Equal(whole.WarpInstructions, some.WarpInstructions * 16);
        Assert.Equal(whole.GlobalBytes, some.GlobalBytes * 16);
        Assert.Equal(whole.Sectors, some.Sectors * 16);
        Assert.Equal((2 * 64, 2 * 4), (whole.SpecialFunctions, some.SpecialFunctions));
        Assert.Equal(TimeBounds.Of(all, Card, 1 << 20).All, TimeBounds.Of(part, Card, 1 << 20).All);
    }

    /// <summary>Those that run are spread over the grid: of 64 by 4 the numbers 8, 24, 40 and 56.</summary>
    [Fact]
    public void SampledCtasAreSpread()
    {
        using var device = new EmulatedDevice(Options(4));
        ulong x = device.Allocate(64 * 128);
        EmulatedKernel kernel = device.Load(Gpu.Simple).Kernel("set");
        Assert.Null(Gpu.Launch(device, kernel, x, 64).Fault);
        uint[] words = Gpu.Words(device, x, 64 * 32);
        Assert.Equal([8, 24, 40, 56], Enumerable.Range(0, 64).Where(cta => words[cta * 32] == 7));
    }

    /// <summary>What nobody wrote counts as written, since what came before ran in part alone.</summary>
    [Fact]
    public void ASampleReadsWhatNobodyWrote()
    {
        using var device = new EmulatedDevice(Options(1));
        Gpu.Run(device, device.Load(Gpu.Simple).Kernel("add"), device.Allocate(1L << 28), 1 << 20);
    }

    [Fact]
    public void NoneIsNoSample() => Assert.Throws<ArgumentOutOfRangeException>(() => new EmulatedDevice(Options(0)));

    [Fact]
    public void EachPartTakesWhatItsCountsAskFor()
    {
        Run(Specials, 64, sampled: 4, out LaunchReport report);
        LaunchCounters counts = report.Counters;
        var bounds = TimeBounds.Of(report, Card, 4 * 32 * 64);
        double clocks = 10 * 1e7;
        Expect("tensor cores", 0);
        Expect("special functions", 2 * 64 * 32 / 16 / clocks);
        Expect("f32 arithmetic", 64 * 32 / 128.0 / clocks);
        Expect("load/store units", 2 * 64 / clocks); // the parameter, and the store
        Expect("issue", (counts.WarpInstructions - counts.Renames) * 16 / 4.0 / clocks);
        Expect("shared memory", 0);
        Expect("second-level cache", 64 * 128 / 1e9);
        Expect("memory", 64 * 128 / 1e8);
        Assert.Equal("memory", bounds.Binding.Part);

        void Expect(string part, double seconds) => Assert.Equal(seconds, bounds.All.Single(one => one.Part == part).Seconds, 1e-15);
    }

    [Theory]
    [InlineData("gemm_mma_bf16", 16 * 8 * 16, 0)]
    [InlineData("wgmma_one_tile", 0, 1)]
    public void TensorWorkIsTheProducts(string name, int sync, int group)
    {
        LaunchCounters counts = PtxCase.Run(Path.Combine(Goldens.Cases, name + ".json")).Launch.Counters;
        Assert.Equal(2 * sync * (group == 0 ? counts.MatrixMultiplies : 0), counts.TensorWork - counts.GroupTensorWork);
        Assert.Equal(group == 1, counts.GroupTensorWork > 0);
    }

    [Fact]
    public void CardsAreFoundByName()
    {
        Assert.Equal(132, CardRates.Find("H100")!.Multiprocessors);
        Assert.Null(CardRates.Find("h1000"));
        Assert.All(CardRates.All, card => Assert.InRange(card.SyncWork * card.Multiprocessors * card.ClockHz / 1e12, 165, 624));
    }

    private static EmulatedDeviceOptions Options(int? sampled) => new()
    {
        Launch = new LaunchOptions { SampledCtas = sampled, MaxLaunchInstructions = 100_000_000 },
        MemoryBytes = long.MaxValue,
        AllowUnwrittenCopies = true,
        Count = true,
    };

    private static LaunchReport Run(string body, int ctas, int? sampled, out LaunchReport report)
    {
        using var device = new EmulatedDevice(Options(sampled));
        EmulatedKernel kernel = device.Load(Gpu.Module(("k", body))).Kernel("k");
        report = Gpu.Launch(device, kernel, device.Allocate(ctas * 128), ctas);
        Assert.Null(report.Fault);
        return report;
    }
}
