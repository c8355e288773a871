using CogVideoX.Kernels;
using CogVideoX.Tensors;

namespace CogVideoX.Gpu.Tests;

/// <summary>
/// Operation → sizes and options: one element, primes, one less and one more than a pack (4), a group (128), a tile (64, 128). The first
/// case of an operation is small enough for ILGPU's simulator, which has a thread of the system for each thread of a group.
/// </summary>
internal static class SweepCases
{
    private static readonly DType F32 = DType.F32, BF16 = DType.BF16, F16 = DType.F16;
    private static readonly DType[] Types = [F32, BF16, F16];
    private static readonly int[] Widths = [5, 1, 2, 3, 4, 127, 128, 129, 131, 509, 512, 513, 516];

    /// <summary>All cases by operation.</summary>
    public static ILookup<Type, SweepCase> All { get; } = new[]
    {
        Elementwise(), Copies(), Rows(), Heads(), Products(), GatedProducts(), Convolutions(), GroupNorms(), Videos(),
    }.SelectMany(cases => cases).ToLookup(one => one.Operation);

    private static IEnumerable<SweepCase> Elementwise()
    {
        foreach (int n in Widths)
        {
            yield return new(typeof(Add), $"3 · {n}", (ops, inputs) => ops.Add(inputs.X([3, n]), inputs.X([3, n])));
            yield return new(typeof(Add), $"6 · {n}, repeated", (ops, inputs) => ops.Add(inputs.X([3, 2, n]), inputs.Any([n])));
            yield return new(typeof(Map<Silu>), $"{n}", (ops, inputs) => ops.Silu(inputs.X([n])));
            yield return new(typeof(Map<GeluTanh>), $"{n}", (ops, inputs) => ops.Gelu(inputs.X([n]), tanh: true));
            yield return new(typeof(Map<GeluErf>), $"{n}", (ops, inputs) => ops.Gelu(inputs.X([n]), tanh: false));
            yield return new(typeof(LinearCombination), $"{n}, two terms", (ops, inputs) => ops.LinearCombination(
                (0.3f, inputs.X([n])), (-7, inputs.Any([n]))));
            yield return new(typeof(LinearCombination), $"{n}, four terms", (ops, inputs) => ops.LinearCombination(
                (1.3f, inputs.Any([n])), (-7, inputs.Any([n])), (0, inputs.X([n])), (1, inputs.Any([n]))));
            yield return new(typeof(SampleGaussian), $"{n}", (ops, inputs) => ops.SampleGaussian(
                inputs.X([n]), inputs.Any([n]), inputs.Any([n])));
            yield return new(typeof(RandomUniform), $"{n}", (ops, inputs) => ops.RandomUniform([n], inputs.X([1]).Type, 3, 1, 0.5f));
            yield return new(typeof(RelativeL1), $"{n}", (ops, inputs) => Distance(ops, inputs.X([n]), inputs.X([n])));
            yield return new(typeof(CountNotFinite), $"{n}", (ops, inputs) => CountEach(ops, inputs, n, 3));
            foreach (DType from in Types)
            {
                foreach (DType to in Types.Where(to => to != from))
                    yield return new(typeof(Cast), $"{n}, {from} to {to}", (ops, inputs) => ops.Cast(inputs.Of([n], from), to));
            }
        }
        yield return new(typeof(RelativeL1), "33411", (ops, inputs) => Distance(ops, inputs.X([33411]), inputs.X([33411]))); // the same
        yield return new(typeof(CountNotFinite), "10007", (ops, inputs) => CountEach(ops, inputs, 10007, 7)); // more than one turn a thread
    }

    private static IEnumerable<SweepCase> Copies()
    {
        foreach (int n in Widths)
        {
            yield return new(typeof(StridedCopy), $"join 3 · {n}", (ops, inputs) => ops.Concat(
                inputs.X([3, 2, n]), inputs.X([3, 1, n]), 1));
            yield return new(typeof(StridedCopy), $"cut 3 · {n}", (ops, inputs) => ops.Slice(inputs.X([3, 4, n]), 1, 1, 2));
            yield return new(typeof(Embedding), $"6 · {n}", (ops, inputs) => ops.Embedding(
                [4, 0, 4, 2, 1, 3], [2, 3], inputs.Any([5, n])));
            yield return new(typeof(Blend), $"{n}", (ops, inputs) => ops.Blend(inputs.X([2, 3, n]), inputs.X([2, 5, n]), 1, 2));
            yield return new(typeof(AverageFramePairs), $"5 · {n}", (ops, inputs) => ops.AverageFramePairs(inputs.X([2, 5, n])));
            yield return new(typeof(Permute), $"turned 65 · {n}", (ops, inputs) => ops.Permute(inputs.X([65, n]), [1, 0]));
            yield return new(typeof(Permute), $"runs of {n}", (ops, inputs) => ops.Permute(inputs.X([2, 3, n]), [1, 0, 2]));
        }
        for (int dimension = 0; dimension < 3; dimension++)
        {
            foreach (int extent in (int[])[0, 1, 3, 5])
            {
                int along = dimension;
                yield return new(typeof(Blend), $"{extent} along {dimension}", (ops, inputs) => ops.Blend(
                    inputs.X(new Shape([3, 5, 7]).With(along, 6)), inputs.X([3, 5, 7]), along, extent));
            }
        }
        foreach ((int[] sizes, int[] order) in ((int[], int[])[])
            [([63, 64], [1, 0]), ([2, 18, 3, 20], [0, 3, 2, 1]), ([2, 3, 4, 6], [2, 1, 0, 3]), ([2, 3, 4, 5], [3, 1, 2, 0]),
            ([2, 2, 2, 2, 2, 2, 2, 3], [7, 5, 3, 1, 6, 4, 2, 0])])
        {
            yield return new(typeof(Permute), $"[{string.Join(", ", sizes)}] by [{string.Join(", ", order)}]", (ops, inputs) => ops.Permute(
                inputs.X(new Shape(sizes)), order));
        }
        yield return new(typeof(StridedCopy), "into the middle", (ops, inputs) =>
        {
            Tensor target = inputs.X([2, 5, 7]);
            ops.CopyInto(inputs.X([2, 3, 7]), target, 1, 2, 2);
            return target;
        });
    }

    private static IEnumerable<SweepCase> Rows()
    {
        foreach (int n in Widths)
        {
            yield return new(typeof(RmsNorm), $"3 · {n}", (ops, inputs) => ops.RmsNorm(inputs.X([3, n]), inputs.Any([n]), 1e-6f));
            yield return new(typeof(Softmax), $"3 · {n}", (ops, inputs) => ops.Softmax(inputs.X([3, n])));
            yield return new(typeof(LayerNorm), $"3 · {n}", (ops, inputs) => ops.LayerNorm(inputs.X([3, n]), default, default, 1e-5f));
            yield return new(typeof(LayerNorm), $"2 · {n}, weight, bias", (ops, inputs) => ops.LayerNorm(
                inputs.X([2, n]), inputs.Any([n]), inputs.Any([n]), 1e-5f));
            yield return new(typeof(LayerNorm), $"10 · {n}, modulated", (ops, inputs) => ops.ModulatedLayerNorm(
                inputs.X([2, 5, n]), inputs.Any([n]), default, 1e-5f, inputs.X([2, 6 * n]), 0, 1, 3, 4, textTokens: 2));
        }
    }

    private static IEnumerable<SweepCase> Heads()
    {
        foreach (int n in (int[])[6, 2, 4, 64, 126, 128, 130, 254, 256])
        {
            yield return new(typeof(QkNormRope), $"12 heads of {n}", (ops, inputs) => ops.QkNormRope(
                inputs.X([2, 3, 2, n]), inputs.Any([n]), inputs.Any([n]), 1e-6f, inputs.Any([2, n]), inputs.Any([2, n]), textTokens: 1));
            yield return new(typeof(QkNormRope), $"9 heads of {n}, rotation", (ops, inputs) => ops.QkNormRope(
                inputs.X([1, 3, 3, n]), default, default, 0, inputs.Of([3, n], F32), inputs.Of([3, n], F32)));
        }
        foreach (int n in (int[])[1, 3, 7, 127, 129, 251])
        {
            yield return new(typeof(QkNormRope), $"43 heads of {n}, norm", (ops, inputs) => ops.QkNormRope(
                inputs.X([1, 43, 1, n]), inputs.Any([n]), default, 1e-6f));
        }

        // Queries, keys, width; biases: 0 none, 1 for the whole batch, 2 one each.
        (int Queries, int Keys, int Width, int Biases)[] attentions =
        [
            (2, 3, 4, 0), (1, 1, 1, 0), (5, 7, 8, 1), (63, 65, 16, 0), (65, 63, 64, 2), (64, 64, 63, 0), (2, 130, 13, 1), (3, 68, 66, 0),
            (2, 64, 128, 0), (4, 3, 193, 2), (1, 5, 256, 0), (3, 127, 5, 2), (67, 2, 65, 1),
        ];
        foreach ((int queries, int keys, int width, int biases) in attentions)
        {
            yield return new(typeof(Attention), $"{queries} · {keys} · {width}, {biases} biases", (ops, inputs) => ops.Attention(
                inputs.X([2, queries, 2, width]), inputs.X([2, keys, 2, width]), inputs.X([2, keys, 2, width]),
                biases == 0 ? default : inputs.Any([biases, 2, queries, keys])));
        }
    }

    private static IEnumerable<SweepCase> Products()
    {
        // Rows, outputs, inputs: few rows (columns by 4, rows by 8, inputs by 128), tiles of 64, tiles of 128.
        (int Rows, int Outputs, int Inputs)[] sizes =
        [
            (2, 3, 4), (1, 1, 1), (1, 37, 512), (2, 5, 131), (7, 4, 127), (8, 3, 128), (9, 5, 129), (16, 3, 7),
            (17, 1, 1), (17, 3, 8), (63, 65, 7), (65, 63, 9), (64, 64, 16), (41, 130, 36), (127, 61, 23),
            (257, 257, 9), (256, 256, 8), (515, 128, 13),
        ];
        foreach ((int rows, int outputs, int width) in sizes)
        {
            string size = $"{rows} · {outputs} · {width}";
            yield return new(typeof(Linear), size, (ops, inputs) => ops.Linear(inputs.X([rows, width]), inputs.Any([outputs, width])));
            if ((long)rows * outputs > 10_000)
                continue;
            yield return new(typeof(Linear), $"{size}, bias, GELU", (ops, inputs) => ops.Linear(
                inputs.X([rows, width]), inputs.Any([outputs, width]), inputs.Any([outputs]), Activation.GeluTanh));
            yield return new(typeof(Linear), $"{size}, bias, SiLU", (ops, inputs) => ops.Linear(
                inputs.X([rows, width]), inputs.Any([outputs, width]), inputs.Any([outputs]), Activation.Silu));
            yield return new(typeof(Linear), $"{size}, residual", (ops, inputs) => ops.LinearResidual(
                inputs.X([rows, width]), inputs.Any([outputs, width]), default, inputs.Any([rows, outputs])));
            yield return new(typeof(Linear), $"2 · {size}, gate, residual", (ops, inputs) => ops.LinearGatedResidual(
                inputs.X([2, rows, width]), inputs.Any([outputs, width]), inputs.Any([outputs]), inputs.X([2, rows, outputs]),
                inputs.X([2, 4 * outputs]), videoGate: 1, textGate: 3, textTokens: rows / 2));
        }
        foreach ((int rows, int outputs, int width) in ((int, int, int)[])[(2, 3, 4), (1, 1, 1), (16, 5, 12), (18, 5, 12), (65, 66, 9)])
        {
            for (int i = 0; i < 3; i++)
            {
                int which = i;
                yield return new(typeof(LinearTriple), $"{rows} · {outputs} · {width}, {i}", (ops, inputs) => ops.LinearTriple(
                    inputs.X([rows, width]), (inputs.Any([outputs, width]), inputs.Any([outputs])), (inputs.Any([outputs, width]), default),
                    (inputs.Any([outputs, width]), inputs.Any([outputs]))) switch
                    {
                        var (first, _, _) when which == 0 => first,
                        var (_, second, _) when which == 1 => second,
                        var (_, _, third) => third,
                    });
            }
        }
    }

    private static IEnumerable<SweepCase> GatedProducts()
    {
        (int Rows, int Outputs, int Inputs)[] sizes =
            [(2, 3, 4), (1, 1, 1), (7, 31, 24), (63, 32, 7), (64, 33, 9), (65, 31, 8), (257, 130, 12), (131, 257, 5)];
        foreach ((int rows, int outputs, int width) in sizes)
        {
            foreach (DType weight in Types)
            {
                yield return new(typeof(LinearGatedGelu), $"{rows} · {outputs} · {width}, {weight}", (ops, inputs) => ops.LinearGatedGelu(
                    inputs.X([rows, width]), inputs.Of([outputs, width], weight), inputs.Of([outputs, width], weight)));
            }
        }
        foreach ((int rows, int outputs, int width) in ((int, int, int)[])[(1, 1, 1), (20, 9, 12), (65, 67, 7)])
        {
            yield return new(typeof(LinearGatedGelu), $"{rows} · {outputs} · {width}, two types", (ops, inputs) => ops.LinearGatedGelu(
                inputs.X([rows, width]), inputs.Of([outputs, width], F32), inputs.Of([outputs, width], BF16)));
        }
    }

    private static IEnumerable<SweepCase> Convolutions()
    {
        // [B, F, H, W, C], outputs, frames and pixels of the kernel: small tiles, large ones, few outputs, plain products.
        (int[] X, int Outputs, int Frames, int Kernel, int Stride, bool PadEnd)[] sizes =
        [
            ([1, 2, 2, 3, 4], 5, 2, 3, 1, false), ([1, 1, 1, 1, 1], 5, 3, 3, 1, false), ([2, 3, 3, 5, 3], 6, 3, 3, 1, false),
            ([1, 2, 3, 11, 16], 65, 3, 3, 1, false), ([1, 1, 5, 13, 20], 64, 2, 1, 1, false), ([1, 1, 5, 13, 12], 63, 1, 3, 1, false),
            ([1, 3, 4, 11, 9], 130, 2, 3, 1, false), ([2, 1, 8, 8, 16], 128, 1, 3, 1, false), ([1, 1, 1, 129, 8], 127, 3, 1, 1, false),
            ([1, 8, 8, 9, 7], 129, 1, 3, 1, false), ([1, 1, 1, 1, 1], 1, 1, 3, 1, false), ([2, 2, 3, 9, 132], 3, 3, 3, 1, false),
            ([1, 3, 2, 17, 7], 4, 2, 3, 1, false), ([1, 2, 5, 8, 16], 2, 3, 1, 1, false), ([1, 2, 5, 6, 10], 7, 1, 1, 1, false),
            ([1, 2, 5, 6, 10], 7, 1, 1, 2, false), ([1, 2, 5, 6, 10], 7, 1, 1, 1, true), ([2, 2, 6, 8, 6], 7, 1, 3, 2, true),
            ([2, 2, 7, 9, 6], 7, 1, 3, 2, false), ([2, 2, 7, 10, 6], 3, 3, 3, 2, true),
        ];
        foreach ((int[] x, int outputs, int frames, int kernel, int stride, bool padEnd) in sizes)
        {
            string size = $"[{string.Join(", ", x)}] to {outputs}, {frames} · {kernel} · {kernel}"
                + (stride == 1 ? "" : $", stride {stride}") + (padEnd ? ", padded" : "");
            Shape weight = [outputs, x[4], frames, kernel, kernel];
            yield return new(typeof(CausalConv3d), size, (ops, inputs) => ops.CausalConv3d(
                inputs.X(new Shape(x)), inputs.Any(weight), stride: stride, padEnd: padEnd));
            yield return new(typeof(CausalConv3d), $"{size}, bias, history, residual", (ops, inputs) =>
            {
                var video = new VideoSize(x[0], x[1], x[2], x[3], x[4]);
                VideoSize result = new ConvolutionSize(video, outputs, frames, kernel, kernel, stride, padEnd).Output;
                Tensor residual = inputs.X([x[0], x[1], result.Height, result.Width, outputs]);
                Tensor history = frames == 1 ? default : inputs.X(new Shape(x).With(1, frames - 1));
                return ops.CausalConv3d(
                    inputs.X(new Shape(x)), inputs.Any(weight), inputs.Any([outputs]), history, residual, stride, padEnd);
            });
        }
    }

    private static IEnumerable<SweepCase> GroupNorms()
    {
        // Fewer channels than threads, more, a number that tiles don't divide; chunks, runs and rows that end early.
        foreach ((int[] x, int groups) in ((int[], int)[])
            [([1, 1, 2, 2, 4], 2), ([1, 1, 1, 1, 3], 3), ([2, 2, 5, 13, 6], 2), ([1, 3, 9, 67, 32], 4), ([1, 1, 5, 7, 130], 5),
            ([1, 1, 3, 3, 258], 1), ([1, 2, 3, 5, 127], 1), ([1, 1, 2, 65, 128], 32), ([1, 1, 2, 63, 129], 3), ([1, 2, 8, 8, 64], 32)])
        {
            foreach (bool silu in (bool[])[false, true])
            {
                yield return new(typeof(GroupNorm), $"[{string.Join(", ", x)}], {groups} groups{(silu ? ", SiLU" : "")}", (ops, inputs) =>
                    ops.GroupNorm(inputs.X(new Shape(x)), inputs.Any([x[4]]), inputs.Any([x[4]]), groups, 1e-6f, silu));
            }
        }
        foreach ((int[] x, int[] map) in ((int[], int[])[])
            [([2, 5, 8, 10, 12], [2, 3, 2, 3, 12]), ([2, 4, 5, 13, 140], [2, 2, 5, 13, 140]), ([2, 3, 5, 9, 8], [2, 2, 2, 20, 8]),
            ([2, 1, 6, 70, 40], [2, 1, 1, 9, 40])])
        {
            yield return new(typeof(GroupNorm), $"[{string.Join(", ", x)}], maps [{string.Join(", ", map)}]", (ops, inputs) =>
                ops.SpatialGroupNorm(
                    inputs.X(new Shape(x)), inputs.Any([x[4]]), inputs.Any([x[4]]), 4, 1e-6f, inputs.X(new Shape(map)),
                    inputs.X(new Shape(map)), silu: x[1] != 4));
        }
    }

    private static IEnumerable<SweepCase> Videos()
    {
        foreach (int channels in (int[])[3, 1, 4, 6, 16, 17])
        {
            for (int f = 1; f <= 4; f++)
            {
                int frames = f;
                foreach (bool time in (bool[])[false, true])
                {
                    yield return new(typeof(UpsampleNearest), $"[2, {f}, 3, 5, {channels}]{(time ? ", time" : "")}", (ops, inputs) =>
                        ops.UpsampleNearest(inputs.X([2, frames, 3, 5, channels]), time));
                }
            }
        }
        for (int f = 1; f <= 4; f++)
        {
            int frames = f;
            yield return new(typeof(AverageFramePairs), $"[2, {f}, 3, 13]", (ops, inputs) =>
                ops.AverageFramePairs(inputs.X([2, frames, 3, 13])));
        }
    }

    // Every so manieth number isn't finite; 1 more, so that there is something to compare with where none is.
    private static Tensor CountEach(Ops ops, Inputs inputs, int count, int each)
    {
        Tensor x = inputs.X([count], i => i % each != each - 1 ? 0 : (i % 2 == 0) ? float.NaN : float.NegativeInfinity);
        return ops.FromHost([1f + ops.CountNotFinite(x)], [1]);
    }

    private static Tensor Distance(Ops ops, Tensor x, Tensor reference) => ops.FromHost([(float)ops.RelativeL1(x, reference)], [1]);
}
