using CogVideoX.Kernels;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Tensors.Tuning;

/// <summary>A causal convolution with a window of 3×3×3 and a bias, of one batch, whose first frame is repeated before it.</summary>
internal sealed class ConvolutionBench : TiledBench
{
    private const int Window = 3, Reach = Window / 2, Columns = 4;
    private const int EmulatedFrames = 2, EmulatedHeight = 9, EmulatedInputs = 16;
    private const ulong PixelsKey = 1UL << 50, WeightKey = 2UL << 50, BiasKey = 3UL << 50;

    private readonly int frames, height, width, inputs, outputs;

    /// <inheritdoc/>
    public ConvolutionBench(TiledProblem problem)
        : base(problem)
    {
        int[] sizes = problem.Sizes;
        (frames, height, width, inputs, outputs) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
        if (!CausalConv3d.HasChoice(Size))
        {
            throw new TensorException(
                $"causal_conv3d at {problem.Shape}: there is nothing to choose; so few outputs have one kernel, and input channels that "
                + "aren't a multiple of 8 have none of our compiler, nor have frames of 2³¹ numbers.");
        }
    }

    /// <inheritdoc/>
    public override double Flops => 2.0 * Size.Output.Count * Size.Taps * inputs;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchOperand> Operands => [PixelOperand, WeightOperand, BiasOperand];

    private ConvolutionSize Size => new(new(1, frames, height, width, inputs), outputs, Window, Window, Window, 1, PadEnd: false);

    private BenchOperand PixelOperand => new([1, frames, height, width, inputs], PixelsKey, 1);

    private BenchOperand WeightOperand =>
        new([outputs, inputs, Window, Window, Window], WeightKey, 1 / MathF.Sqrt(Size.Taps * inputs));

    private BenchOperand BiasOperand => new([outputs], BiasKey, 1);

    /// <inheritdoc/>
    public override TileShape ShapeIn(DType type) => ConvolutionCudaPlan.ShapeOf(Size, type.Format);

    /// <inheritdoc/>
    public override IReadOnlyList<TileChoice> Forms(TileCard card) =>
        [.. ConvolutionCudaPlan.All.Select(tile => new TileChoice(tile))];

    /// <inheritdoc/>
    public override TileChoice Rule(TileCard card) => new(ConvolutionCudaPlan.For(Size, card));

    /// <inheritdoc/>
    public override Tensor Run(Ops ops, IReadOnlyList<Tensor> inputs) => ops.CausalConv3d(inputs[0], inputs[1], inputs[2]);

    /// <inheritdoc/>
    public override (TiledBench Small, TileChoice Form) Cut(TileChoice form)
    {
        (int tileRows, int tileColumns) = LinearCudaPlan.SizeOf(form.Tile);
        var small = new TiledProblem(
            TiledOperation.CausalConv3d, Math.Min(frames, EmulatedFrames), Math.Min(height, EmulatedHeight),
            Math.Min(width, tileRows / EmulatedHeight + 2), Math.Min(inputs, EmulatedInputs), Math.Min(outputs, tileColumns + 8));
        return (new ConvolutionBench(small), form);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(float Expected, float Actual)> Samples(Ops naive, Tensor result)
    {
        int count = Math.Min(Columns, outputs), weights = Size.Taps * inputs;
        Tensor pixels = result.Reshape([frames * height * width, outputs]);
        foreach (int first in (int[])[.. new[] { 0, outputs - count }.Distinct()])
        {
            using MemoryScope scope = naive.Scope();
            float[] ofWeight = WeightOperand.Values(naive, result.Type, (long)first * weights, count * weights);
            Tensor weight = naive.FromHost(ofWeight, [count, inputs, Window, Window, Window]);
            Tensor bias = naive.FromHost(BiasOperand.Values(naive, result.Type, first, count), [count]);
            foreach (int pixel in PlacesAlong(frames * height * width))
            {
                float[] expected = OnePixel(naive, weight, bias, result.Type, pixel), actual = pixels.Rows(pixel, 1).ToFloats();
                for (int i = 0; i < count; i++)
                    yield return (expected[i], actual[first + i]);
            }
        }
    }

    // The naive form on what the pixel's window reads: where that ends before the picture does, nobody looks.
    private float[] OnePixel(Ops naive, Tensor weight, Tensor bias, DType type, int pixel)
    {
        (int row, int column) = Math.DivRem(pixel, width);
        (int frame, row) = Math.DivRem(row, height);
        (int firstFrame, int top, int left) = (Math.Max(0, frame - Window + 1), Math.Max(0, row - Reach), Math.Max(0, column - Reach));
        int rows = Math.Min(height - 1, row + Reach) - top + 1, columns = Math.Min(width - 1, column + Reach) - left + 1;
        var values = new List<float>();
        for (int f = firstFrame; f <= frame; f++)
        {
            for (int r = top; r < top + rows; r++)
                values.AddRange(PixelOperand.Values(naive, type, (((long)f * height + r) * width + left) * inputs, columns * inputs));
        }
        int cutFrames = frame - firstFrame + 1;
        Tensor cut = naive.FromHost(values.ToArray(), [1, cutFrames, rows, columns, inputs]);
        Tensor y = naive.CausalConv3d(cut, weight, bias).Reshape([cutFrames * rows * columns, weight.Shape[0]]);
        return y.Rows(((frame - firstFrame) * rows + row - top) * columns + column - left, 1).ToFloats();
    }
}
