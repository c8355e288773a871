namespace CogVideoX.Kernels;

/// <summary>What follows a product while it is still in the cache: residual + gate ⊙ factor ⊙ activation(product + bias).</summary>
/// <param name="bias">[N], or null</param>
/// <param name="activation">Applied after the bias.</param>
internal readonly struct LinearEpilogue(Elements bias, LinearActivation activation)
{
    /// <summary>[N], or null.</summary>
    public Elements Bias { get; } = bias;

    /// <summary>Applied after the bias.</summary>
    public LinearActivation Activation { get; } = activation;

    /// <summary>[M, N], or null: multiplied with, as in gated feed-forward layers.</summary>
    public Elements Factor { get; init; }

    /// <summary>[N] for each row, or null.</summary>
    public RowModulation Gate { get; init; }

    /// <summary>[M, N], or null: added last.</summary>
    public Elements Residual { get; init; }
}
