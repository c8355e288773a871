namespace CogVideoX.GpuCheck.Cases;

/// <summary>What bounds an operation, and so what its speed is measured by.</summary>
internal enum CaseKind
{
    /// <summary>A matrix product: FLOP/s.</summary>
    Product,

    /// <summary>Attention: FLOP/s.</summary>
    Attention,

    /// <summary>A convolution: FLOP/s.</summary>
    Convolution,

    /// <summary>Few operations a number: bytes read and written a second.</summary>
    Moving,
}
