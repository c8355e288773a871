using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct CausalConv3d
{
    // All weights of 3 outputs, widened once for all boxes.
    private readonly struct NarrowPanels(CausalConv3d convolution) : IParallelBody
    {
        public static int Padded(ConvolutionSize size) => (size.Input.Channels + 7) & ~7;

        public static int Count(ConvolutionSize size) =>
            (size.OutputChannels + ConvolutionTile.NarrowOutputs - 1) / ConvolutionTile.NarrowOutputs;

        public static long Floats(ConvolutionSize size) => (long)size.Taps * Padded(size) * ConvolutionTile.NarrowOutputs;

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            float* row = (float*)worker.Scratch((long)size.Taps * size.Input.Channels * sizeof(float));
            ConvolutionPanel.PackNarrow(
                convolution.weight, size, item * ConvolutionTile.NarrowOutputs, Padded(size), row, convolution.workspace + item * Floats(size));
        }
    }

    // A handful of outputs, as in the convolution to RGB: the whole depth is one slice.
    private readonly struct NarrowBoxes(CausalConv3d convolution, ConvolutionPlan plan) : IParallelBody
    {
        private const int Tile = ConvolutionTile.NarrowPixels;
        private const int Outputs = ConvolutionTile.NarrowOutputs;

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            ConvolutionBox box = plan.Item(item).Box;
            int padded = plan.Slice;
            long input = Aligned(plan.ReachFloats * sizeof(float));
            long pixels = Aligned((plan.BoxPixels + Tile) * sizeof(nint));
            byte* at = (byte*)worker.Scratch(input + 2 * pixels + size.Taps * sizeof(nint));
            nint* windows = (nint*)(at + input), targets = (nint*)((byte*)windows + pixels), taps = (nint*)((byte*)targets + pixels);

            convolution.ListPixels(box, padded, Tile, windows, targets);
            convolution.ListTaps(box, padded, taps);
            convolution.Gather(box, 0, size.Input.Channels, padded, (float*)at);
            float* sums = stackalloc float[Tile * Outputs];
            for (int i = 0; i < NarrowPanels.Count(size); i++)
            {
                float* panel = convolution.workspace + i * NarrowPanels.Floats(size);
                for (int pixel = 0; pixel < box.Pixels; pixel += Tile)
                {
                    ConvolutionTile.Narrow(at, windows + pixel, taps, size.Taps, padded * sizeof(float), panel, sums);
                    Finish(sums, targets + pixel, i * Outputs);
                }
            }
        }

        private void Finish(float* sums, nint* targets, int output)
        {
            int outputs = Math.Min(Outputs, convolution.size.OutputChannels - output);
            for (int pixel = 0; pixel < Tile; pixel++)
            {
                for (int o = 0; o < outputs; o++)
                {
                    float sum = sums[pixel * Outputs + o] + (convolution.bias.IsNull ? 0 : convolution.bias[output + o]);
                    nint target = targets[pixel] + output + o;
                    convolution.y[target] = sum + (convolution.residual is null ? 0 : convolution.residual[target]);
                }
            }
        }
    }
}
