using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>
    /// (x − mean) / √(variance + ε) · weight + bias, with mean and variance of a group of channels over all frames and pixels
    /// of a batch item (Wu and He, arXiv 1803.08494), and SiLU behind it where asked.
    /// </summary>
    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="weight">[C]</param>
    /// <param name="bias">[C]</param>
    /// <param name="groups">How many groups; divides C.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="silu">Apply SiLU to the result.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="TensorException">Shapes that don't fit each other.</exception>
    public Tensor GroupNorm(Tensor x, Tensor weight, Tensor bias, int groups, float epsilon, bool silu) =>
        GroupNorm("group_norm", x, weight, bias, groups, epsilon, default, silu);

    /// <summary>
    /// Group norm · S + T, with SiLU behind it where asked (CogVideoXSpatialNorm3D in diffusers' <c>autoencoder_kl_cogvideox.py</c>;
    /// arXiv 2209.09002). S and T stay at the resolution of the latents and are read by the nearest neighbour: 1×1×1
    /// convolutions, which make them, give the same before and after such upsampling. Of an odd number of frames above 1, the first
    /// reads the maps' first frame and the others share the rest.
    /// </summary>
    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="weight">[C]</param>
    /// <param name="bias">[C]</param>
    /// <param name="groups">How many groups; divides C.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="scale">[B, Fz, Hz, Wz, C]</param>
    /// <param name="shift">[B, Fz, Hz, Wz, C]</param>
    /// <param name="silu">Apply SiLU to the result.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="TensorException">Shapes that don't fit each other.</exception>
    public unsafe Tensor SpatialGroupNorm(
        Tensor x, Tensor weight, Tensor bias, int groups, float epsilon, Tensor scale, Tensor shift, bool silu)
    {
        const string Name = "spatial_group_norm";
        VideoSize size = Video(x, Name, "x"), map = Video(scale, Name, "the scale");
        Check(scale.Shape == shift.Shape, Name, $"the scale is {scale.Shape}, the shift {shift.Shape}; they must be equal.");
        Check(
            map.Batch == size.Batch && map.Channels == size.Channels, Name,
            $"the maps are {scale.Shape}, x {x.Shape} needs [{size.Batch}, Fz, Hz, Wz, {size.Channels}].");
        Check(
            map.Frames > 1 || size.Frames == 1 || size.Frames % 2 == 0, Name,
            $"the maps {scale.Shape} have one frame, for the first of x {x.Shape}; its other {size.Frames - 1} need more.");
        return GroupNorm(Name, x, weight, bias, groups, epsilon, new SpatialMaps(Operand(Name, scale), Operand(Name, shift), map), silu);
    }

    private unsafe Tensor GroupNorm(
        string name, Tensor x, Tensor weight, Tensor bias, int groups, float epsilon, SpatialMaps maps, bool silu)
    {
        VideoSize size = Video(x, name, "x");
        Check(
            groups > 0 && size.Channels % groups == 0, name, $"{groups} groups don't divide the {size.Channels} channels of x {x.Shape}.");
        Check(weight.Shape == [size.Channels], name, $"the weight is {weight.Shape}, x {x.Shape} needs [{size.Channels}].");
        Check(bias.Shape == [size.Channels], name, $"the bias is {bias.Shape}, x {x.Shape} needs [{size.Channels}].");
        Tensor y = Memory.Empty(x.Shape, x.Type);
        Run(new GroupNorm(Operand(name, x), weight.Elements, bias.Elements, y.Elements, size, groups, epsilon, maps, silu));
        return y;
    }
}
