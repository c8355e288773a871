using System.Globalization;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>What is known of a device without having it: enough to plan for it.</summary>
/// <param name="Name">As it is asked for: <c>h100</c>.</param>
/// <param name="Description">As its maker calls it.</param>
/// <param name="MemoryBytes">What a program can have of its memory: what the driver reports, less what a context takes.</param>
/// <param name="Activations">How activations are stored there.</param>
public sealed record DeviceSpec(string Name, string Description, long MemoryBytes, DType Activations)
{
    private const int MostGiB = 1 << 20;
    private const long MiB = 1 << 20, Context = 600 * MiB; // of a CUDA context with its modules: some hundred MB

    /// <summary>The cards to plan for.</summary>
    public static IReadOnlyList<DeviceSpec> Cards { get; } =
    [
        Card("h100", "NVIDIA H100 80GB", 81_559),
        Card("a100", "NVIDIA A100 80GB", 81_920),
        Card("4090", "NVIDIA GeForce RTX 4090", 24_564),
        Card("4080", "NVIDIA GeForce RTX 4080", 16_376),
        Card("3060", "NVIDIA GeForce RTX 3060", 12_288),
        Card("4060", "NVIDIA GeForce RTX 4060", 8_188),
    ];

    /// <summary>Whether it records work, which takes memory of its own (<see cref="RecordedWork"/>).</summary>
    public bool Records { get; init; } = true;

    /// <summary>One of <see cref="Cards"/> by its name, or one with another memory: <c>4090</c>, <c>4090:16GB</c>.</summary>
    /// <param name="text">The name; the memory in GiB, as makers of cards count it.</param>
    /// <returns>Null where there is none, or no such memory can be.</returns>
    public static DeviceSpec? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        if (parts.Length > 2 || Cards.FirstOrDefault(card => card.Name == parts[0]) is not { } found)
            return null;
        if (parts.Length == 1)
            return found;
        string size = parts[1].EndsWith("GB", StringComparison.OrdinalIgnoreCase) ? parts[1][..^2] : parts[1];
        return int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int memory) && memory is > 0 and <= MostGiB
            ? found with { Name = text, Description = $"{found.Description} with {memory} GB", MemoryBytes = memory * 1024 * MiB - Context }
            : null;
    }

    internal PlanningDevice Plan() =>
        new(DeviceKind.Ilgpu, $"plan for {Description}", Activations.Format, holdsWeights: true, Records);

    // What nvidia-smi reports, in MiB.
    private static DeviceSpec Card(string name, string description, long memory) =>
        new(name, description, memory * MiB - Context, DType.BF16);
}
