namespace CogVideoX.Kernels.Devices;

/// <summary>Kinds of devices; an operation has one form for each, or lacks it.</summary>
public enum DeviceKind
{
    /// <summary>The definitions, on one thread: the oracle.</summary>
    Reference,

    /// <summary>Vectors and threads of this process.</summary>
    Cpu,

    /// <summary>The same, with both factors of products rounded to bf16: activations stay fp32, and so do sums.</summary>
    CpuBf16,

    /// <summary>The same, in the order in which AMX adds.</summary>
    CpuBf16Amx,

    /// <summary>Any accelerator that ILGPU drives: portable kernels.</summary>
    Ilgpu,
}
