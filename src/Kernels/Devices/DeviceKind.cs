namespace CogVideoX.Kernels.Devices;

/// <summary>Kinds of devices; an operation has one form for each, or lacks it.</summary>
public enum DeviceKind
{
    /// <summary>The definitions, on one thread: the oracle.</summary>
    Reference,

    /// <summary>Vectors and threads of this process.</summary>
    Cpu,

    /// <summary>Any accelerator that ILGPU drives: portable kernels.</summary>
    Ilgpu,
}
