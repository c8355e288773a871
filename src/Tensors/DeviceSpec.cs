using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>What is known of a device without having it: enough to plan for it.</summary>
/// <param name="Name">As it is asked for: <c>h100</c>.</param>
/// <param name="Description">As its maker calls it.</param>
/// <param name="MemoryBytes">What a program can have of its memory: what the driver reports, less what a context takes.</param>
/// <param name="Activations">How activations are stored there.</param>
public sealed record DeviceSpec(string Name, string Description, long MemoryBytes, DType Activations)
{
    private const long MiB = 1 << 20, Context = 600 * MiB; // of a CUDA context with its modules: some hundred MB

    /// <summary>The cards to plan for.</summary>
    public static IReadOnlyList<DeviceSpec> Cards { get; } =
    [
        Card("h100", "NVIDIA H100 80GB", 81_559),
        Card("a100", "NVIDIA A100 80GB", 81_920),
        Card("4090", "NVIDIA GeForce RTX 4090", 24_564),
        Card("3060", "NVIDIA GeForce RTX 3060", 12_288),
    ];

    /// <summary>Whether it records work, which takes memory of its own (<see cref="RecordedWork"/>).</summary>
    public bool Records { get; init; } = true;

    internal PlanningDevice Plan() =>
        new(DeviceKind.Ilgpu, $"plan for {Description}", Activations.Format, holdsWeights: true, Records);

    // What nvidia-smi reports, in MiB.
    private static DeviceSpec Card(string name, string description, long memory) =>
        new(name, description, memory * MiB - Context, DType.BF16);
}
