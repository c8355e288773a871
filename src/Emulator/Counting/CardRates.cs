namespace CogVideoX.Emulator;

/// <summary>
/// What a card's parts do in a clock or a second: for bounds of the time of launches that were counted. Rates of a multiprocessor are those
/// of the CUDA programming guide (throughput of native arithmetic instructions); what is assumed is said with the card.
/// </summary>
/// <param name="Name">As people type it.</param>
/// <param name="Title">Its full name.</param>
/// <param name="Architecture">Compute capability without its point.</param>
/// <param name="Multiprocessors">Streaming multiprocessors.</param>
/// <param name="ClockHz">The clock that the maker's peak is stated at.</param>
/// <param name="SyncWork">
/// Floating-point operations of <c>mma.sync</c> that a multiprocessor's tensor cores do in a clock: f16 or bf16, f32 sums
/// </param>
/// <param name="GroupWork">The same of wgmma; 0 where there is none.</param>
/// <param name="FloatLanes">Lanes of f32 arithmetic a clock.</param>
/// <param name="IntegerLanes">Lanes of integer arithmetic, comparisons and conversions a clock.</param>
/// <param name="CacheBytesPerSecond">From the second-level cache to all multiprocessors.</param>
/// <param name="MemoryBytesPerSecond">From and to the card's memory.</param>
public sealed record CardRates(
    string Name, string Title, int Architecture, int Multiprocessors, double ClockHz, double SyncWork, double GroupWork, int FloatLanes,
    int IntegerLanes, double CacheBytesPerSecond, double MemoryBytesPerSecond)
{
    /// <summary>Lanes of special functions a clock.</summary>
    public const int SpecialLanes = 16;

    /// <summary>Bytes of shared memory a clock: 32 banks of 4.</summary>
    public const int SharedBytes = 128;

    /// <summary>Warp instructions that a multiprocessor begins in a clock.</summary>
    public const int IssueSlots = 4;

    /// <summary>Lanes of loads, stores and shuffles that go through the load/store units in a clock.</summary>
    public const int LoadStoreLanes = 32;

    /// <summary>The cards that are known.</summary>
    public static IReadOnlyList<CardRates> All { get; } =
    [
        // mma.sync reaches 63 % of the tensor cores' peak there (494 of 757 TFLOP/s on an H800, arXiv 2501.12084). The cache gives at least
        // what ThunderKittens' product without multicast needs: 775 TFLOP/s from tiles of 128×256, 48 bytes for 4,096 operations.
        new("h100", "H100 SXM", 90, 132, 1.83e9, 0.63 * 4096, 4096, 128, 64, 9.1e12, 3.35e12),
        // The caches' rates of these two are remembered from others' microbenchmarks.
        new("a100", "A100 SXM", 80, 108, 1.41e9, 2048, 0, 64, 64, 4.7e12, 2.04e12),
        new("4090", "GeForce RTX 4090", 89, 128, 2.52e9, 512, 0, 128, 64, 5.0e12, 1.01e12),
    ];

    /// <summary>FLOP/s of the tensor cores, f16 or bf16 with f32 sums, by their fastest instruction.</summary>
    public double PeakFlops => Multiprocessors * ClockHz * Math.Max(SyncWork, GroupWork);

    /// <summary>The card that a driver names so; null where its rates aren't known.</summary>
    /// <param name="name">Such as <c>NVIDIA H100 80GB HBM3</c>.</param>
    /// <param name="multiprocessors">Of the card: those that are cut down have fewer under the same name.</param>
    public static CardRates? OfDriver(string name, int multiprocessors) => All.FirstOrDefault(
        card => card.Multiprocessors == multiprocessors && name.Contains(card.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A card by its name; null where there is none.</summary>
    public static CardRates? Find(string name) => All.FirstOrDefault(card => card.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
