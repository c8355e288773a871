using CogVideoX.Tensors;

namespace CogVideoX.Models.Weights;

/// <summary>Where a <see cref="WeightReader"/> takes weights from.</summary>
internal interface IWeights
{
    /// <summary>The tensor under a full key.</summary>
    /// <exception cref="WeightException">It is missing, or of another shape or no type that kernels read.</exception>
    Tensor Get(string key, Shape shape);

    /// <summary>The keys that begin with <paramref name="prefix"/> aren't needed.</summary>
    void Ignore(string prefix);

    /// <exception cref="WeightException">A key that begins with <paramref name="prefix"/> was neither used nor ignored.</exception>
    void CheckAllUsed(string prefix);
}
