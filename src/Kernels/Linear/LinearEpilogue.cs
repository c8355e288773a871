namespace CogVideoX.Kernels;

/// <summary>What follows a product while it is still in the cache: residual + gate ⊙ factor ⊙ activation(product + bias).</summary>
/// <param name="bias">[N], or null</param>
/// <param name="activation">Applied after the bias.</param>
public readonly unsafe struct LinearEpilogue(WeightPointer bias, LinearActivation activation)
{
    /// <summary>[N], or null.</summary>
    public WeightPointer Bias { get; } = bias;

    /// <summary>Applied after the bias.</summary>
    public LinearActivation Activation { get; } = activation;

    /// <summary>[M, N], or null: multiplied with, as in gated feed-forward layers.</summary>
    public float* Factor { get; init; }

    /// <summary>[N] for each row, or null.</summary>
    public RowGate Gate { get; init; }

    /// <summary>[M, N], or null: added last.</summary>
    public float* Residual { get; init; }
}
