namespace CogVideoX.Kernels;

/// <summary>What <see cref="Linear"/> applies to a product and its bias.</summary>
internal enum LinearActivation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    GeluTanh,

    /// <summary>x / (1 + e⁻ˣ).</summary>
    Silu,
}
