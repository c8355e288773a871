using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;

namespace CogVideoX.Models.Weights;

/// <summary>The layers of a transformer that an adapter may change, as they say themselves when it is built dry.</summary>
internal static class LoraTargets
{
    /// <returns>By its name, the shape of each layer's weight.</returns>
    public static IReadOnlyDictionary<string, Shape> Of(TransformerConfig config)
    {
        using Ops dry = Ops.Planning();
        var list = new WeightList(dry, DType.F32);
        _ = new CogVideoXTransformer(new WeightReader(list), config);
        return list.Adaptable;
    }
}
