using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>A card of so much memory, whose work is done when somebody waits for it (<see cref="ApartDevice"/>).</summary>
/// <param name="bytes">What is free.</param>
internal sealed class SmallCard(long bytes) : IDeviceSource
{
    public string Name => "small";

    public string Description => "a small card";

    public long FreeBytes => bytes;

    public string? Lacks(DType activations) => null;

    public Device Open() => new ApartDevice();
}
