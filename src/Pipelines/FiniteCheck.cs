using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Whether a stage's numbers are numbers.</summary>
internal static class FiniteCheck
{
    /// <summary>Why they may not be, as a sentence.</summary>
    public const string Reason = "The weights are damaged, or they were saved in a type too narrow for them.";

    /// <exception cref="GenerationException">NaN or infinity in it.</exception>
    public static void Check(Ops ops, Tensor tensor, string what)
    {
        if (!ops.AllFinite(tensor))
            throw new GenerationException($"NaN or infinity in {what}. {Reason}");
    }
}
