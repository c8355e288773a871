namespace CogVideoX.Kernels.Devices;

/// <summary>Kinds of devices; an operation has one form for each, or lacks it.</summary>
public enum DeviceKind
{
    /// <summary>The definitions, on one thread: the oracle.</summary>
    Reference,

    /// <summary>Vectors and threads of this process.</summary>
    Cpu,

    /// <summary>A graphics card, through CUDA.</summary>
    Cuda,
}
