using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Whether the transformer's weights are kept packed on the CPU: a second copy, which spares packing them in each step.</summary>
internal static class KeptWeights
{
    // Packing takes as long as reading and writing weights does, and products so many times as long as there are tokens: beyond these less
    // than a percent.
    private const int MostTokens = 4096;

    /// <summary>Bytes that may be kept; 0 where memory or the length of sequences speaks against it.</summary>
    public static long Of(GenerationPlan plan, LoadedModel model, Ops ops)
    {
        if (ops.Products is null or CpuProducts.Fp32 || plan.Stages.Max(stage => stage.Tokens) > MostTokens)
            return 0;
        long packed = model.TransformerBytes + model.TransformerBytes / 8; // with what fills tiles up
        return plan.PeakBytes + packed <= plan.FreeBytes + ops.KeptWeightsBytes ? packed : 0;
    }
}
