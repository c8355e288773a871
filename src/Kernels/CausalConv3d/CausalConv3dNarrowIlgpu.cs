using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

// A handful of outputs: a tile of them would be nearly empty, so lanes share the input channels, of which neighbours have neighbouring
// quads, and their sums are added up at the very end.
internal readonly partial struct CausalConv3d
{
    private const int Lanes = 32, Units = IlgpuQueue.GroupThreads / Lanes; // of a group; a unit has 8 pixels of a row
    private const int LaneSums = ConvolutionSums.Pixels * ConvolutionSums.Outputs, LaneLine = LaneSums + 1; // padded: banks

    private void RunNarrow<T>(IlgpuQueue queue, in NarrowArguments<T> arguments) where T : unmanaged, IStored<T> =>
        queue.LaunchRows(ConvolutionFewOutputs, (arguments.UnitCount + Units - 1) / Units, arguments);

    private static void ConvolutionFewOutputs<T>(NarrowArguments<T> a) where T : unmanaged, IStored<T>
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(IlgpuQueue.GroupThreads * LaneLine);
        int lane = Group.IdxX & Lanes - 1;
        long unit = (long)Grid.IdxX * Units + Group.IdxX / Lanes, row = unit / a.RowUnits;
        int column = (int)(unit - row * a.RowUnits) * ConvolutionSums.Pixels;
        ConvolutionWindow window = a.Input.Window(row, column);
        ConvolutionSums sums = default;
        for (int tap = 0; tap < a.Taps; tap++)
        {
            ConvolutionPixel pixel = a.Input.At(window, tap);
            for (int channel = lane * 4; channel < a.PackedChannels; channel += Lanes * 4)
                sums = sums.Plus(a, pixel, tap, channel);
        }
        sums.Store(partial.SubView(Group.IdxX * LaneLine));
        Group.Barrier();
        float sum = 0; // the thread's own: of its unit, pixel lane / 4, output lane % 4
        int first = Group.IdxX / Lanes * Lanes * LaneLine + lane;
        for (int i = 0; i < Lanes; i++)
            sum += partial[first + i * LaneLine];
        int output = lane % ConvolutionSums.Outputs;
        column += lane / ConvolutionSums.Outputs;
        if (row >= a.Rows || column >= a.Size.Width || output >= a.Outputs)
            return;
        long index = (row * a.Size.Width + column) * a.Outputs + output;
        Float4 bias = a.Bias[0];
        sum += output == 0 ? bias.X : output == 1 ? bias.Y : output == 2 ? bias.Z : bias.W;
        a.Y[index] = default(T).From(a.Residual.Length == 0 ? sum : sum + a.Residual[index].Value);
    }

    internal readonly record struct NarrowArguments<T>(
        ConvolutionInput<T> Input, ArrayView<Float4> Weight, ArrayView<Float4> Bias, ArrayView<T> Residual, ArrayView<T> Y,
        int Taps, int PackedChannels, int Outputs, VideoSize Size)
        where T : unmanaged, IStored<T>
    {
        /// <summary>Rows of pixels of the result.</summary>
        public long Rows => (long)Size.Batch * Size.Frames * Size.Height;

        /// <summary>Units of a row.</summary>
        public int RowUnits => (Size.Width + ConvolutionSums.Pixels - 1) / ConvolutionSums.Pixels;

        /// <summary>All units.</summary>
        public long UnitCount => Rows * RowUnits;

        /// <summary>The weights of four input channels for an output.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Float4 Weights(int tap, int output, int channel) =>
            Weight[((tap * (long)ConvolutionSums.Outputs + output) * PackedChannels + channel) >> 2];
    }
}
