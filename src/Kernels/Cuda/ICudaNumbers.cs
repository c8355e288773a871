using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>An operand beside the activations, as kernels read it: of one format, or of one that they learn when they run.</summary>
internal interface ICudaNumbers<TSelf> where TSelf : unmanaged, ICudaNumbers<TSelf>
{
    /// <summary>The numbers of an operand, which may be null.</summary>
    static abstract TSelf Of(Elements operand);

    /// <summary>Whether there are none.</summary>
    bool IsNull { get; }

    /// <summary>Reads eight numbers, the first at a multiple of 16 bytes.</summary>
    void Eight(long index, Registers<float> values);
}
