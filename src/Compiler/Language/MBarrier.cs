namespace CogVideoX.Compiler.Language;

/// <summary>
/// A barrier in shared memory (sm_90) that counts arrivals and bytes. Its phases alternate parity 0, 1, 0…; a phase completes when all
/// arrivals and all expected bytes are in.
/// </summary>
/// <param name="address">8 bytes in .shared, aligned to 8</param>
public readonly struct MBarrier(uint address)
{
    /// <summary>Where it lies.</summary>
    public uint Address => address;

    /// <summary>Some barriers in static shared memory.</summary>
    public static MBarrier Array(int count) => new(Shared.Array<ulong>(count, 8).Address);

    /// <summary>The barrier at an index of an array of them.</summary>
    public MBarrier this[int index] => new(address + (uint)(index * 8));

    /// <summary>
    /// Makes it a barrier for so many arrivals a phase. One thread does it; the others wait for a <see cref="Block.Sync"/>.
    /// </summary>
    public void Initialize(int arrivals) => Initialize(address, arrivals);

    /// <summary>Arrives, and announces bytes that asynchronous copies will bring in this phase.</summary>
    public void ArriveExpecting(int bytes) => ArriveExpecting(address, bytes);

    /// <summary>Arrives.</summary>
    public void Arrive() => Arrive(address);

    /// <summary>Waits until the phase of this parity has completed.</summary>
    public void Wait(int parity)
    {
        while (!TryWait(address, parity))
        {
        }
    }

    /// <summary>Makes initialised barriers known to asynchronous copies and to the cluster.</summary>
    [Ptx("fence.mbarrier_init.release.cluster;", Architecture = 90, IsaVersion = 80)]
    public static void FenceInitialization() => DeviceOnly.Called();

    [Ptx("mbarrier.init.shared::cta.b64 [{barrier}], {arrivals};", IsaVersion = 78)]
    private static void Initialize(uint barrier, int arrivals) => DeviceOnly.Called();

    [Ptx("mbarrier.arrive.expect_tx.shared::cta.b64 _, [{barrier}], {bytes};", Architecture = 90, IsaVersion = 80)]
    private static void ArriveExpecting(uint barrier, int bytes) => DeviceOnly.Called();

    [Ptx("mbarrier.arrive.shared::cta.b64 _, [{barrier}];", Architecture = 90, IsaVersion = 80)]
    private static void Arrive(uint barrier) => DeviceOnly.Called();

    [Ptx("mbarrier.try_wait.parity.shared::cta.b64 {result}, [{barrier}], {parity};", Architecture = 90, IsaVersion = 78)]
    private static bool TryWait(uint barrier, int parity) => DeviceOnly.Called<bool>();
}
