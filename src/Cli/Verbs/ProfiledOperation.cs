using System.Globalization;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary>An operation that <c>kernels profile</c> takes by name, at any shape.</summary>
/// <param name="Name">As people type it.</param>
/// <param name="Sizes">The sizes of its shape, in their order.</param>
/// <param name="Run">Runs it on new operands of such sizes and of one type.</param>
internal sealed record ProfiledOperation(string Name, string[] Sizes, Action<Ops, int[]> Run)
{
    private const int Window = 3, NormGroups = 32, Patch = 2;

    private static readonly char[] Separators = ['x', '×', ','];

    /// <summary>All that have kernels of our own compiler and aren't a variant of another.</summary>
    public static IReadOnlyList<ProfiledOperation> All { get; } =
    [
        new("linear", ["ROWS", "OUTPUTS", "INPUTS"], (ops, s) =>
            ops.Linear(New(ops, s[0], s[2]), New(ops, s[1], s[2]), New(ops, s[1]))),
        new("linear_gated_gelu", ["ROWS", "OUTPUTS", "INPUTS"], (ops, s) =>
            ops.LinearGatedGelu(New(ops, s[0], s[2]), New(ops, s[1], s[2]), New(ops, s[1], s[2]))),
        new("attention", ["QUERIES", "KEYS", "HEADS", "WIDTH"], (ops, s) =>
            ops.Attention(New(ops, 1, s[0], s[2], s[3]), New(ops, 1, s[1], s[2], s[3]), New(ops, 1, s[1], s[2], s[3]))),
        new("causal_conv3d", ["FRAMES", "HEIGHT", "WIDTH", "INPUTS", "OUTPUTS"], (ops, s) =>
            ops.CausalConv3d(New(ops, 1, s[0], s[1], s[2], s[3]), New(ops, s[4], s[3], Window, Window, Window), New(ops, s[4]))),
        new("layer_norm", ["ROWS", "WIDTH"], (ops, s) => ops.LayerNorm(New(ops, s), New(ops, s[1]), New(ops, s[1]), 1e-5f)),
        new("rms_norm", ["ROWS", "WIDTH"], (ops, s) => ops.RmsNorm(New(ops, s), New(ops, s[1]), 1e-6f)),
        new("qk_norm_rope", ["TOKENS", "HEADS", "WIDTH"], (ops, s) =>
        {
            Tensor cosine = ops.Memory.Empty([s[0], s[2]], DType.F32), sine = ops.Memory.Empty([s[0], s[2]], DType.F32);
            ops.QkNormRope(New(ops, 1, s[0], s[1], s[2]), New(ops, s[2]), New(ops, s[2]), 1e-6f, cosine, sine);
        }),
        new("group_norm", ["FRAMES", "HEIGHT", "WIDTH", "CHANNELS"], (ops, s) =>
            ops.GroupNorm(New(ops, [1, .. s]), New(ops, s[3]), New(ops, s[3]), NormGroups, 1e-6f, silu: true)),
        new("silu", ["ELEMENTS"], (ops, s) => ops.Silu(New(ops, s))),
        new("gelu", ["ELEMENTS"], (ops, s) => ops.Gelu(New(ops, s), tanh: true)),
        new("add", ["ROWS", "WIDTH"], (ops, s) => ops.Add(New(ops, s), New(ops, s[1]))),
        new("linear_combination", ["ELEMENTS"], (ops, s) => // of the sampler's latents
            ops.LinearCombination((1, ops.Memory.Empty(new Shape(s), DType.F32)), (1, ops.Memory.Empty(new Shape(s), DType.F32)))),
        new("embedding", ["ROWS", "WIDTH"], (ops, s) => ops.Embedding(new int[s[0]], [s[0]], New(ops, 1, s[1]))),
        new("strided_copy", ["BLOCKS", "ELEMENTS"], (ops, s) => ops.Slice(New(ops, s[0], 2, s[1]), 1, 0, 1)),
        new("permute", ["FRAMES", "CHANNELS", "HEIGHT", "WIDTH"], (ops, s) => ops.Permute(
            New(ops, s[0], s[1], s[2] / Patch, Patch, s[3] / Patch, Patch), [0, 2, 4, 1, 3, 5])), // latents to patches
        new("upsample_nearest", ["FRAMES", "HEIGHT", "WIDTH", "CHANNELS"], (ops, s) =>
            ops.UpsampleNearest(New(ops, [1, .. s]), time: true)),
        new("average_frame_pairs", ["FRAMES", "HEIGHT", "WIDTH", "CHANNELS"], (ops, s) => ops.AverageFramePairs(New(ops, [1, .. s]))),
        new("blend", ["ROWS", "WIDTH"], (ops, s) => ops.Blend(New(ops, s), New(ops, s), 0, s[0])),
    ];

    /// <exception cref="UsageException">There is none of this name.</exception>
    public static ProfiledOperation Find(string name) => All.FirstOrDefault(operation => operation.Name == name)
        ?? throw new UsageException(
            "kernel", $"'{name}' is no operation that can be profiled at a shape; choose from "
            + $"{string.Join(", ", All.Select(operation => operation.Name))}.");

    /// <summary>Reads a shape such as 4096x4096x4096.</summary>
    /// <exception cref="UsageException">It isn't one of this operation's.</exception>
    public int[] Parse(string shape)
    {
        string[] parts = shape.Split(Separators);
        var sizes = new int[parts.Length];
        bool isShape = parts.Length == Sizes.Length;
        for (int i = 0; i < parts.Length; i++)
            isShape &= int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]) && sizes[i] > 0;
        return isShape ? sizes : throw new UsageException(
            "--shape", $"'{shape}' is no shape of {Name}; write {string.Join('x', Sizes)}, whole numbers from 1 on.");
    }

    private static Tensor New(Ops ops, params int[] shape) => ops.Memory.Empty(new Shape(shape), ops.ActivationType);
}
