using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>A device that is there, before it is opened to compute on.</summary>
public interface IDeviceSource
{
    /// <summary>As it is asked for: <c>gpu:0</c>.</summary>
    string Name { get; }

    /// <summary>As its maker calls it.</summary>
    string Description { get; }

    /// <summary>Bytes of its memory that are free now.</summary>
    /// <exception cref="DeviceException">It can't be asked.</exception>
    long FreeBytes { get; }

    /// <summary>Why activations can't be of a type here, as the end of a sentence; null where they can.</summary>
    string? Lacks(DType activations);

    /// <summary>Whether it records work, to replay it as one piece (<see cref="RecordedWork"/>).</summary>
    bool Records => false;

    /// <summary>What its user should know before it computes, in a sentence or two; null for nothing.</summary>
    string? Note => null;

    /// <summary>Opens it. Who opens it disposes it.</summary>
    /// <exception cref="DeviceException">It can't be opened.</exception>
    Device Open();
}
