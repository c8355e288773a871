using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>The config of a transformer whose file has none, from the shapes of its tensors.</summary>
internal sealed class TransformerShapes
{
    private const int MaxLayers = 1024;

    private readonly string path;
    private readonly Func<string, TensorInfo?> describe;

    /// <param name="file">The weights, under the names that models ask for.</param>
    public TransformerShapes(ITensorFile file)
    {
        path = file.Path;
        describe = name => file.TryDescribe(name, out TensorInfo info) ? info : null;
    }

    /// <param name="files">The same in shards.</param>
    public TransformerShapes(WeightFiles files)
    {
        path = files.Files[0].Path;
        describe = name => files.TryDescribe(name, out TensorInfo info) ? info : null;
    }

    /// <summary>All that shapes tell.</summary>
    /// <param name="rotary">Whether positions turn queries and keys; where they are computed, no tensor tells.</param>
    /// <param name="sizes">What it was trained at; null for the sizes of the released model of these shapes.</param>
    /// <exception cref="WeightException">A tensor is missing or has an impossible shape; or sizes aren't given and not known.</exception>
    public TransformerConfig Config(bool rotary, TransformerSizes? sizes)
    {
        Shape patch = Of("patch_embed.proj.weight", 2, 4), output = Of("proj_out.weight", 2);
        int headDim = Of("transformer_blocks.0.attn1.norm_q.weight", 1)[0], width = patch[0];
        // Version 1.5 has patches of two frames, two rows and two columns, and its projection as a matrix.
        (int size, int frames) = patch.Rank == 4 ? (patch[2], 1) : (2, 2);
        int elements = size * size * frames;
        long inputs = patch.Count / Math.Max(1, width);
        bool isSquare = patch.Rank == 2 || patch[2] == patch[3];
        if (headDim < 1 || width % headDim != 0 || (rotary ? headDim : width) % 16 != 0 || elements < 1 || !isSquare
            || inputs % elements != 0 || output[0] % elements != 0)
        {
            throw new WeightException(
                $"{path} has shapes that fit no CogVideoX: patches {patch}, heads of {headDim}, outputs {output}. Download it again.");
        }
        var config = new TransformerConfig
        {
            Heads = width / headDim,
            HeadDim = headDim,
            InChannels = (int)(inputs / elements),
            OutChannels = output[0] / elements,
            Layers = Layers(),
            TextWidth = Of("patch_embed.text_proj.weight", 2)[1],
            TimeEmbedWidth = Of("time_embedding.linear_1.weight", 2)[0],
            OfsEmbedWidth = Has("ofs_embedding.linear_1.weight") ? Of("ofs_embedding.linear_1.weight", 2)[0] : null,
            FlipSinToCos = true,
            FrequencyShift = 0,
            AttentionBias = Has("transformer_blocks.0.attn1.to_q.bias"),
            PatchBias = patch.Rank == 4 && Has("patch_embed.proj.bias"), // configs of 1.5 deny the one that it has
            PatchSize = size,
            TemporalPatchSize = patch.Rank == 4 ? null : frames,
            SampleWidth = 0,
            SampleHeight = 0,
            SampleFrames = 0,
            TemporalCompression = 4,
            MaxTextLength = 0,
            NormAffine = Has("norm_final.weight"),
            NormEpsilon = 1e-5,
            SpatialInterpolation = 1.875,
            TemporalInterpolation = 1,
            Rotary = rotary,
            LearnedPositions = Has("patch_embed.pos_embedding"),
        };
        TransformerSizes known = sizes ?? TransformerSizes.Released(config) ?? throw new WeightException(
            $"{path} is of none of the released models, so that nothing tells the size of its videos. Use a folder with configs.");
        return known.Height % size == 0 && known.Width % size == 0
            ? known.In(config)
            : throw new WeightException($"{path} has patches of {size}, which don't divide latents of {known.Height}×{known.Width}.");
    }

    /// <summary>The released model that has these shapes; null where none has.</summary>
    /// <exception cref="WeightException">A tensor is missing or has an impossible shape.</exception>
    public string? Release() => ReleasedModels.NameOf(Config(rotary: false, new TransformerSizes(0, 0, 0, 0)));

    private int Layers()
    {
        int layers = 0;
        while (layers < MaxLayers && Has($"transformer_blocks.{layers}.attn1.to_q.weight"))
            layers++;
        return layers;
    }

    private bool Has(string name) => describe(name) is not null;

    private Shape Of(string name, params ReadOnlySpan<int> ranks)
    {
        if (describe(name) is not { } info)
            throw new WeightException($"'{name}' is missing from {path}. Download the file again.");
        return ranks.Contains(info.Shape.Rank)
            ? info.Shape
            : throw new WeightException($"'{name}' in {path} has the shape {info.Shape}, which no CogVideoX has. Download it again.");
    }
}
