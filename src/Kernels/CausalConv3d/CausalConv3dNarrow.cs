using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CausalConv3d
{
    // All weights of 3 outputs, widened once for all boxes.
    private readonly struct NarrowPanels(CausalConv3d convolution, int lanes) : IParallelBody
    {
        public static long Floats(ConvolutionSize size) => (long)size.Taps * size.Input.Channels * ConvolutionTiles.NarrowOutputs;

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            float* row = (float*)worker.Scratch((long)size.Taps * size.Input.Channels * sizeof(float));
            ConvolutionPanel.PackNarrow(
                convolution.weight, size, item * ConvolutionTiles.NarrowOutputs, lanes, row,
                (float*)worker.Workspace + item * Floats(size));
        }
    }

    // A handful of outputs, as in the convolution to RGB. Copying the input would cost as much as the sums: it is read in place.
    private readonly struct NarrowBoxes<TSimd, TVector>(CausalConv3d convolution, ConvolutionPlan plan) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private const int Tile = ConvolutionTiles.NarrowPixels;
        private const int Outputs = ConvolutionTiles.NarrowOutputs;
        private const int BandPixels = 64 * Tile; // whose input and sums stay in an L2 while the parts of the depth pass over them

        private static int SumsOfTile => Tile * Outputs * TSimd.Lanes;

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            ConvolutionBox box = plan.Item(item).Box;
            long table = Aligned(plan.ReachPixels * sizeof(nint)), pixels = Aligned((plan.BoxPixels + Tile) * sizeof(nint));
            long zeros = Aligned(size.Input.Channels * sizeof(float)), taps = Aligned(size.Taps * sizeof(nint));
            byte* at = (byte*)worker.Scratch(table + 2 * pixels + zeros + taps + BandPixels / Tile * SumsOfTile * sizeof(float));
            nint* windows = (nint*)(at + table), targets = (nint*)((byte*)windows + pixels), tapOffsets = (nint*)((byte*)targets + pixels);
            float* zero = (float*)((byte*)tapOffsets + taps), sums = (float*)((byte*)zero + zeros);

            new Span<float>(zero, size.Input.Channels).Clear();
            convolution.ListAddresses(box, zero, (float**)at);
            convolution.ListPixels(box, sizeof(nint), Tile, windows, targets);
            convolution.ListTaps(box, sizeof(nint), columns: true, tapOffsets);
            for (int panel = 0; panel < NarrowPanelCount(size); panel++)
            {
                for (int first = 0; first < box.Pixels; first += BandPixels)
                {
                    int count = Math.Min(BandPixels, box.Pixels - first);
                    Sum((float*)worker.Workspace + panel * NarrowPanels.Floats(size), at, windows + first, count, tapOffsets, sums);
                    Finish(sums, targets + first, count, panel * Outputs);
                }
            }
        }

        private void Sum(float* weights, byte* addresses, nint* windows, int count, nint* taps, float* sums)
        {
            ConvolutionSize size = convolution.size;
            new Span<float>(sums, (count + Tile - 1) / Tile * SumsOfTile).Clear();
            for (int tap = 0; tap < size.Taps; tap += plan.PartLength)
            {
                int part = Math.Min(plan.PartLength, size.Taps - tap);
                for (int pixel = 0; pixel < count; pixel += Tile)
                {
                    ConvolutionTile<TSimd, TVector>.Narrow(
                        addresses, windows + pixel, taps + tap, part, size.Input.Channels * sizeof(float),
                        weights + (long)tap * size.Input.Channels * Outputs, sums + pixel / Tile * SumsOfTile);
                }
            }
        }

        private void Finish(float* sums, nint* targets, int count, int output)
        {
            float* y = convolution.y.Floats, residual = convolution.residual.Floats;
            int outputs = Math.Min(Outputs, convolution.size.OutputChannels - output);
            for (int o = 0; o < outputs; o++)
            {
                float bias = convolution.bias.IsNull ? 0 : convolution.bias[output + o];
                for (int pixel = 0; pixel < count; pixel++)
                {
                    float sum = TSimd.Sum(TSimd.Load(sums + (pixel * Outputs + o) * TSimd.Lanes)) + bias;
                    nint target = targets[pixel] + output + o;
                    y[target] = sum + (residual is null ? 0 : residual[target]);
                }
            }
        }
    }
}
