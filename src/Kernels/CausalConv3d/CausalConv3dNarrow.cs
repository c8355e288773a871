using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct CausalConv3d
{
    // A handful of outputs, as in the convolution to RGB: the whole depth is one slice.
    private readonly struct NarrowBoxes(CausalConv3d convolution, ConvolutionPlan plan) : IParallelBody
    {
        private const int Tile = ConvolutionTile.NarrowPixels;
        private const int Outputs = ConvolutionTile.NarrowOutputs;

        public static int Padded(int channels) => (channels + 7) & ~7;

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            ConvolutionBox box = plan.Item(item).Box;
            int padded = plan.Slice;
            long input = Aligned(plan.ReachFloats * sizeof(float)), row = Aligned((long)size.Taps * padded * sizeof(float));
            long pixels = Aligned((plan.BoxPixels + Tile) * sizeof(nint));
            byte* at = (byte*)worker.Scratch(input + (Outputs + 1) * row + 2 * pixels + size.Taps * sizeof(nint));
            byte* panel = at + input, lane = panel + Outputs * row;
            nint* windows = (nint*)(lane + row), targets = (nint*)((byte*)windows + pixels), taps = (nint*)((byte*)targets + pixels);

            convolution.ListPixels(box, padded, Tile, windows, targets);
            convolution.ListTaps(box, padded, taps);
            convolution.Gather(box, 0, size.Input.Channels, padded, (float*)at);
            float* sums = stackalloc float[Tile * Outputs];
            for (int output = 0; output < size.OutputChannels; output += Outputs)
            {
                ConvolutionPanel.PackNarrow(convolution.weight, size, output, padded, (float*)lane, (float*)panel);
                for (int pixel = 0; pixel < box.Pixels; pixel += Tile)
                {
                    ConvolutionTile.Narrow(at, windows + pixel, taps, size.Taps, padded * sizeof(float), (float*)panel, sums);
                    Finish(sums, targets + pixel, output);
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
