using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct CausalConv3d
{
    // Many outputs. The result itself holds the sums between slices of channels: it is written once a slice, which costs a
    // hundredth of the arithmetic.
    private readonly struct WideBoxes(CausalConv3d convolution, ConvolutionPlan plan) : IParallelBody
    {
        private const int Lanes = ConvolutionPlan.PanelWidth;
        private const int Tile = ConvolutionTile.WidePixels;

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            (ConvolutionBox box, int firstOutput) = plan.Item(item);
            int endOutput = Math.Min(size.OutputChannels, firstOutput + plan.PanelsPerGroup * Lanes);
            Buffers buffers = Divide(worker);
            convolution.ListPixels(box, plan.Slice, Tile, buffers.Windows, buffers.Targets);
            Begin(box, firstOutput, endOutput, buffers);
            for (int channel = 0; channel < size.Input.Channels; channel += plan.Slice)
            {
                int channels = Math.Min(plan.Slice, size.Input.Channels - channel);
                convolution.Gather(box, channel, channels, plan.Slice, buffers.Input);
                convolution.ListTaps(box, plan.Slice, buffers.Taps);
                for (int output = firstOutput; output < endOutput; output += Lanes)
                {
                    ConvolutionPanel.PackWide(convolution.weight, size, output, channel, channels, buffers.Lanes, buffers.Panel);
                    bool whole = output + Lanes <= size.OutputChannels;
                    float* y = whole ? convolution.y + output : buffers.Tail;
                    nint* targets = whole ? buffers.Targets : buffers.TailTargets;
                    for (int pixel = 0; pixel < box.Pixels; pixel += Tile)
                        ConvolutionTile.Wide(
                            (byte*)buffers.Input, buffers.Windows + pixel, buffers.Taps, size.Taps, channels * sizeof(float),
                            buffers.Panel, y, targets + pixel);
                }
            }
            if (endOutput % Lanes != 0)
                MoveTail(box, endOutput & -Lanes, buffers, toResult: true);
        }

        // Sums start from bias and residual.
        private void Begin(ConvolutionBox box, int firstOutput, int endOutput, Buffers buffers)
        {
            int outputs = endOutput - firstOutput;
            if (convolution.bias.IsNull)
                new Span<float>(buffers.Bias, outputs).Clear();
            else
                Widen.ToFloats(convolution.bias.Slice(firstOutput), buffers.Bias, outputs);
            for (int pixel = 0; pixel < box.Pixels; pixel++)
            {
                float* target = convolution.y + buffers.Targets[pixel] + firstOutput;
                for (int o = 0; o < outputs; o++)
                    target[o] = buffers.Bias[o] + (convolution.residual is null ? 0 : (target - convolution.y + convolution.residual)[o]);
            }
            for (int pixel = 0; pixel < plan.BoxPixels + Tile; pixel++)
                buffers.TailTargets[pixel] = Math.Min(pixel, box.Pixels - 1) * Lanes;
            if (endOutput % Lanes != 0)
                MoveTail(box, endOutput & -Lanes, buffers, toResult: false);
        }

        // The last outputs, fewer than a panel's, are summed beside the result, since a tile writes all 16.
        private void MoveTail(ConvolutionBox box, int output, Buffers buffers, bool toResult)
        {
            int count = convolution.size.OutputChannels - output;
            for (int pixel = 0; pixel < box.Pixels; pixel++)
            {
                var tail = new Span<float>(buffers.Tail + pixel * Lanes, count);
                var result = new Span<float>(convolution.y + buffers.Targets[pixel] + output, count);
                if (toResult)
                    tail.CopyTo(result);
                else
                    result.CopyTo(tail);
            }
        }

        private Buffers Divide(CpuWorker worker)
        {
            int taps = convolution.size.Taps;
            long depth = (long)taps * plan.Slice;
            long pixels = Aligned((plan.BoxPixels + Tile) * sizeof(nint));
            long input = Aligned(plan.ReachFloats * sizeof(float)), panel = Aligned(depth * Lanes * sizeof(float));
            long tail = Aligned(plan.BoxPixels * Lanes * sizeof(float)), bias = Aligned(plan.PanelsPerGroup * Lanes * sizeof(float));
            byte* at = (byte*)worker.Scratch(input + 2 * panel + tail + bias + 3 * pixels + taps * sizeof(nint));
            return new Buffers
            {
                Input = (float*)at,
                Panel = (float*)(at += input),
                Lanes = (float*)(at += panel),
                Tail = (float*)(at += panel),
                Bias = (float*)(at += tail),
                Windows = (nint*)(at += bias),
                Targets = (nint*)(at += pixels),
                TailTargets = (nint*)(at += pixels),
                Taps = (nint*)(at + pixels),
            };
        }

        private struct Buffers
        {
            public float* Input;
            public float* Panel;
            public float* Lanes;
            public float* Tail;
            public float* Bias;
            public nint* Windows;
            public nint* Targets;
            public nint* TailTargets;
            public nint* Taps;
        }
    }
}
