using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CausalConv3d
{
    // The weights of one slice of input channels, widened once for all boxes. All slices at once would be a second copy of a model.
    private readonly struct WidePanels(CausalConv3d convolution, ConvolutionPlan plan, int channel) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            long depth = (long)size.Taps * plan.Slice;
            float* scratch = (float*)worker.Scratch(ConvolutionPanel.ScratchFloats(size, plan.Slice) * sizeof(float));
            ConvolutionPanel.PackWide(
                convolution.weight, size, item * plan.PanelWidth, plan.PanelWidth, channel, plan.Slice, scratch,
                (float*)worker.Workspace + item * depth * plan.PanelWidth);
        }
    }

    // Many outputs. The result itself holds the sums between parts of the depth: a tile of it is fetched while it is computed.
    private readonly struct WideBoxes<TSimd, TVector>(CausalConv3d convolution, ConvolutionPlan plan, int channel) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private const int Tile = ConvolutionTiles.WidePixels;

        private static int Width => ConvolutionTile<TSimd, TVector>.WideOutputs;

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            float* y = convolution.y.Floats, residual = convolution.residual.Floats;
            (ConvolutionBox box, int firstOutput) = plan.Item(item);
            int endOutput = Math.Min(size.OutputChannels, firstOutput + plan.PanelsPerGroup * Width);
            Buffers buffers = Divide(worker);
            convolution.ListPixels(box, plan.Slice * sizeof(float), Tile, buffers.Windows, buffers.Targets);
            convolution.ListTaps(box, plan.Slice * sizeof(float), columns: false, buffers.Runs);
            new Span<float>(buffers.Zeros, size.Input.Channels).Clear();
            convolution.ListAddresses(box, buffers.Zeros, buffers.Addresses);
            int channels = Math.Min(plan.Slice, size.Input.Channels - channel);
            Gather<TSimd, TVector>(buffers.Addresses, box.ReachPixels(size), channel, channels, buffers.Input, plan.Slice);
            for (int output = firstOutput; output < endOutput; output += Width)
            {
                if (output + Width <= size.OutputChannels)
                {
                    AddPanel(box, output, residual is null ? null : residual + output, y + output, buffers.Targets, buffers);
                    continue;
                }
                // The last outputs, fewer than a panel's, are summed beside the result, since a tile writes whole vectors.
                BeginTail(box, output, buffers);
                AddPanel(box, output, null, buffers.Tail, buffers.TailTargets, buffers);
                EndTail(box, output, buffers);
            }
        }

        private bool IsLast => channel + plan.Slice >= convolution.size.Input.Channels;

        // One panel: parts of the depth pass over all pixels. Bias and residual follow the last of all.
        private void AddPanel(ConvolutionBox box, int output, float* residual, float* y, nint* targets, Buffers buffers)
        {
            ConvolutionSize size = convolution.size;
            int runs = size.KernelFrames * size.KernelHeight;
            nint runLength = size.KernelWidth * plan.Slice;
            float* panel = buffers.Panels + output * runs * runLength, bias = IsLast ? ReadBias(output, buffers) : null;
            for (int run = 0; run < runs; run += plan.PartLength)
            {
                int part = Math.Min(plan.PartLength, runs - run);
                bool ends = IsLast && run + part == runs;
                for (int pixel = 0; pixel < box.Pixels; pixel += Tile)
                {
                    ConvolutionTile<TSimd, TVector>.Wide(
                        (byte*)buffers.Input, buffers.Windows + pixel, buffers.Runs + run, part, runLength * sizeof(float),
                        panel + run * runLength * Width, channel > 0 || run > 0, ends ? bias : null, ends ? residual : null, y,
                        targets + pixel);
                }
            }
        }

        private float* ReadBias(int output, Buffers buffers)
        {
            if (convolution.bias.IsNull)
                return null;
            new Span<float>(buffers.Bias, Width).Clear();
            Widen.ToFloats(convolution.bias.Slice(output), buffers.Bias, Math.Min(Width, convolution.size.OutputChannels - output));
            return buffers.Bias;
        }

        private void BeginTail(ConvolutionBox box, int output, Buffers buffers)
        {
            int count = convolution.size.OutputChannels - output;
            new Span<float>(buffers.Tail, box.Pixels * Width).Clear();
            for (int pixel = 0; pixel < box.Pixels && channel > 0; pixel++)
            {
                new Span<float>(convolution.y.Floats + buffers.Targets[pixel] + output, count).CopyTo(
                    new Span<float>(buffers.Tail + pixel * Width, count));
            }
            for (int pixel = 0; pixel < box.Pixels + Tile; pixel++)
                buffers.TailTargets[pixel] = Math.Min(pixel, box.Pixels - 1) * Width;
        }

        private void EndTail(ConvolutionBox box, int output, Buffers buffers)
        {
            int count = convolution.size.OutputChannels - output;
            for (int pixel = 0; pixel < box.Pixels; pixel++)
            {
                nint target = buffers.Targets[pixel] + output;
                float* tail = buffers.Tail + pixel * Width, residual = convolution.residual.Floats;
                for (int i = 0; i < count && IsLast && residual is not null; i++)
                    tail[i] += residual[target + i];
                new Span<float>(tail, count).CopyTo(new Span<float>(convolution.y.Floats + target, count));
            }
        }

        private Buffers Divide(CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            long input = Aligned(plan.ReachPixels * plan.Slice * sizeof(float)), addresses = Aligned(plan.ReachPixels * sizeof(nint));
            long tail = Aligned((long)plan.BoxPixels * Width * sizeof(float)), bias = Aligned(Width * sizeof(float));
            long zeros = Aligned(size.Input.Channels * sizeof(float)), pixels = Aligned((plan.BoxPixels + Tile) * sizeof(nint));
            byte* at = (byte*)worker.Scratch(input + addresses + tail + bias + zeros + 3 * pixels + size.Taps * sizeof(nint));
            return new Buffers
            {
                Panels = (float*)worker.Workspace,
                Input = (float*)at,
                Addresses = (float**)(at += input),
                Tail = (float*)(at += addresses),
                Bias = (float*)(at += tail),
                Zeros = (float*)(at += bias),
                Windows = (nint*)(at += zeros),
                Targets = (nint*)(at += pixels),
                TailTargets = (nint*)(at += pixels),
                Runs = (nint*)(at + pixels),
            };
        }

        private struct Buffers
        {
            public float* Panels;
            public float* Input;
            public float** Addresses;
            public float* Tail;
            public float* Bias;
            public float* Zeros;
            public nint* Windows;
            public nint* Targets;
            public nint* TailTargets;
            public nint* Runs;
        }
    }
}
