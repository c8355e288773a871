namespace CogVideoX.Compiler.Language;

/// <summary>The sixteen barriers of a block; 0 is the one of <see cref="Block.Sync"/>. Counts are threads, a multiple of 32.</summary>
public static class NamedBarrier
{
    /// <summary>Arrives, and waits until so many threads have.</summary>
    [Ptx("barrier.cta.sync {barrier}, {threads};", IsaVersion = 78)]
    public static void Sync(int barrier, int threads) => DeviceOnly.Called();

    /// <summary>Arrives and goes on.</summary>
    [Ptx("barrier.cta.arrive {barrier}, {threads};", IsaVersion = 78)]
    public static void Arrive(int barrier, int threads) => DeviceOnly.Called();
}
