namespace CogVideoX.Tensors;

/// <summary>What <see cref="Ops.Linear"/> may apply to its result.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))): GELU's tanh form, "gelu-approximate" or "gelu_new".</summary>
    GeluTanh,

    /// <summary>x / (1 + e⁻ˣ), also called swish.</summary>
    Silu,
}
