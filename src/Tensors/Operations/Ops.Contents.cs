using System.Buffers;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors;

/// <summary>Gives the numbers of a tensor from one element on. Calls come in order, without gaps.</summary>
/// <param name="first">Index of the first element, in row-major order.</param>
/// <param name="destination">Where they go; to be filled whole.</param>
public delegate void FloatWriter(long first, Span<float> destination);

/// <inheritdoc cref="FloatWriter"/>
internal interface IFloatWriter
{
    /// <inheritdoc cref="FloatWriter"/>
    void Write(long first, Span<float> destination);
}

public sealed partial class Ops
{
    private const int PartBytes = 1 << 24; // of 8-bit floats that are made at once
    private const int RowMultiple = 16; // of which products with them take whole rows
    private const float LargestFloat8 = 448;
    private const int StackFloats = 256; // that are widened at once
    private const int PartFloats = 1 << 20; // that are written at once, where they are copied to the device after

    /// <summary>
    /// A new F32 tensor whose numbers are computed here, on the host, and brought to where it lives. A dry run computes none.
    /// </summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="writer">Gives the numbers.</param>
    /// <param name="rowLength">Parts that are asked for are multiples of so many numbers, but for the last.</param>
    /// <exception cref="OperationCanceledException"><see cref="Cancellation"/> was requested.</exception>
    public Tensor Fill(Shape shape, FloatWriter writer, int rowLength = 1)
    {
        int rows = Math.Max(1, PartFloats / Math.Max(1, rowLength));
        return Fill(shape, new DelegateWriter(writer), rows * (long)Math.Max(1, rowLength));
    }

    /// <summary>The same without the managed heap, where the device shares this process's memory.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="writer">Gives the numbers.</param>
    /// <param name="partLength">It is asked for so many at a time, and for what is left at the end.</param>
    internal Tensor Fill<TWriter>(Shape shape, TWriter writer, long partLength) where TWriter : struct, IFloatWriter
    {
        Tensor result = Empty(shape);
        Write(result, writer, partLength);
        return result;
    }

    /// <summary>
    /// Stored weights as this device computes with them: as they lie, or a copy in its memory that lasts. What it doesn't read is widened:
    /// 8-bit floats without factors become BF16, which has all of their values; 8-bit floats with factors and quantised blocks the type of
    /// activations, but BF16 in place of F16, whose range they might leave.
    /// </summary>
    /// <param name="stored">A tensor on the host.</param>
    public Tensor Resident(Tensor stored) =>
        device.HoldsWeights && stored.Type.IsKernelFloat && !device.ReadsWeights(stored.Type.Format)
            ? ResidentWidened(stored)
            : ResidentAsStored(stored);

    /// <summary>In a dry run, what stands for a stored tensor whose elements would have to be copied first.</summary>
    internal Tensor StandIn(TensorInfo info) =>
        new(new TensorBuffer { Device = device, Bytes = info.Bytes, IsReadOnly = true }, info.Shape, info.Type);

    private unsafe Tensor ResidentAsStored(Tensor stored)
    {
        if (!device.HoldsWeights)
            return stored;
        Tensor result = stored.IsScaled
            ? Memory.LastingFloat8(stored.Shape, stored.Type, stored.ScaleCount)
            : Memory.Lasting(stored.Shape, stored.Type);
        device.CopyIn(stored.Address, (nint)result.Address, stored.Bytes);
        if (stored.IsScaled)
            device.CopyIn(stored.ScaleAddress, (nint)result.ScaleAddress, stored.ScaleCount * sizeof(float));
        return result;
    }

    /// <summary>
    /// A matrix of stored weights for products, in 8-bit floats (E4M3) with one factor: largest magnitude over 448, so that all are within
    /// their range; half the memory, and relative errors up to 1/16. Weights that are E4M3 already stay as they are. As
    /// <see cref="Resident"/> where the device has no such products, and for weights that aren't finite, or in rows that aren't multiples
    /// of 16.
    /// </summary>
    /// <param name="stored">A tensor on the host.</param>
    public unsafe Tensor ResidentFloat8(Tensor stored)
    {
        if (!HasFloat8Products(ActivationType) || stored.Shape.Product(1, stored.Shape.Rank) % RowMultiple != 0)
            return Resident(stored);
        Elements numbers = stored.Elements;
        float largest = IsPlanning ? 1 : LargestMagnitude(numbers, stored.Count);
        if (!float.IsFinite(largest))
            return Resident(stored);
        if (stored.Type == DType.F8E4M3 && stored.ScaleCount <= 1)
            return ResidentAsStored(stored);
        float scale = largest == 0 ? 1 : largest / LargestFloat8;
        Tensor result = Memory.LastingFloat8(stored.Shape, DType.F8E4M3);
        byte[] part = ArrayPool<byte>.Shared.Rent((int)Math.Min(PartBytes, stored.Count));
        for (long first = 0; first < stored.Count && !IsPlanning; first += PartBytes)
        {
            int count = (int)Math.Min(PartBytes, stored.Count - first);
            Elements source = numbers.Slice(first);
            ToFloat8(numbers.Slice(first), scale, part, count);
            fixed (byte* bytes = part)
                device.CopyIn(bytes, (nint)(result.Address + first), count);
        }
        ArrayPool<byte>.Shared.Return(part);
        device.CopyIn(&scale, (nint)result.ScaleAddress, sizeof(float));
        return result;
    }

    /// <summary>Whether products with weights of 8-bit floats (E4M3) have forms here, for activations of a type.</summary>
    public bool HasFloat8Products(DType activations) => device.Multiplies(ElementFormat.F8E4M3, activations.Format);

    private static unsafe void ToFloat8(Elements source, float scale, byte[] target, int count) =>
        Parallel.For(0, (count + PartFloats - 1) / PartFloats, piece =>
        {
            float* numbers = stackalloc float[StackFloats];
            int end = Math.Min((piece + 1) * PartFloats, count);
            for (int first = piece * PartFloats; first < end; first += StackFloats)
            {
                int taken = Math.Min(StackFloats, end - first);
                Widen.ToFloats(source.Slice(first), numbers, taken);
                for (int i = 0; i < taken; i++)
                    target[first + i] = Shorten.ToFloat8E4M3(numbers[i] / scale);
            }
        });

    // Infinite where one isn't a finite number.
    private static unsafe float LargestMagnitude(Elements numbers, long count)
    {
        float largest = 0;
        var gate = new Lock();
        Parallel.For(0, (count + PartFloats - 1) / PartFloats, piece =>
        {
            float* wide = stackalloc float[StackFloats];
            float here = 0;
            long end = Math.Min((piece + 1L) * PartFloats, count);
            for (long first = (long)piece * PartFloats; first < end; first += StackFloats)
            {
                int taken = (int)Math.Min(StackFloats, end - first);
                Widen.ToFloats(numbers.Slice(first), wide, taken);
                for (int i = 0; i < taken; i++)
                    here = Math.Max(here, Math.Abs(wide[i])); // of NaN it is NaN
            }
            lock (gate)
                largest = Math.Max(largest, here);
        });
        return float.IsNaN(largest) ? float.PositiveInfinity : largest;
    }

    private unsafe Tensor ResidentWidened(Tensor stored)
    {
        bool isExact = ActivationType == DType.F32 && (stored.Type.IsBlocked || stored.IsScaled);
        Tensor result = Memory.Lasting(stored.Shape, isExact ? DType.F32 : DType.BF16);
        Write(result, stored);
        return result;
    }

    /// <summary>A stored tensor of any type that kernels read as F32, each number as it is. It lasts, as weights do.</summary>
    /// <param name="stored">Any shape, on the host.</param>
    internal Tensor Widened(Tensor stored)
    {
        Tensor result = Memory.Lasting(stored.Shape, DType.F32);
        Write(result, stored);
        return result;
    }

    // F32 or BF16, a part at a time.
    private unsafe void Write(Tensor target, Tensor stored)
    {
        float[] part = ArrayPool<float>.Shared.Rent((int)Math.Min(PartFloats, stored.Count));
        for (long first = 0; first < stored.Count && !IsPlanning; first += PartFloats)
        {
            int count = (int)Math.Min(PartFloats, stored.Count - first);
            fixed (float* numbers = part)
            {
                Widen.ToFloats(stored.Elements.Slice(first), numbers, count);
                for (int i = 0; i < count && target.Type == DType.BF16; i++)
                    ((ushort*)numbers)[i] = Shorten.ToBFloat16(numbers[i]); // each behind the numbers that are still to be read
                device.CopyIn(numbers, (nint)(target.Address + target.Type.BytesOf(first)), target.Type.BytesOf(count));
            }
        }
        ArrayPool<float>.Shared.Return(part);
    }

    /// <summary>x in another float type; x itself where it has that type.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="type">F32, BF16 or F16.</param>
    public Tensor Cast(Tensor x, DType type)
    {
        if (x.Type == type)
            return x;
        Tensor y = Memory.Empty(x.Shape, type);
        Run(new Cast(x.Elements, y.Elements, x.Count));
        return y;
    }

    /// <summary>How many numbers are NaN or infinite: one number is read back. 0 in a dry run.</summary>
    /// <param name="x">Any shape.</param>
    public unsafe long CountNotFinite(Tensor x)
    {
        using MemoryScope scope = Scope();
        Tensor found = Memory.Empty([1], DType.I64);
        Run(new CountNotFinite(Operand("count_not_finite", x), (long*)found.Address, x.Count));
        long count = 0;
        if (!IsPlanning)
            device.CopyOut((nint)found.Address, &count, sizeof(long));
        return count;
    }

    /// <summary>Whether all numbers are finite; true in a dry run.</summary>
    public bool AllFinite(Tensor x) => CountNotFinite(x) == 0;

    private unsafe void Write<TWriter>(Tensor target, TWriter writer, long partLength) where TWriter : struct, IFloatWriter
    {
        if (target.Place == MemoryPlace.Nowhere)
            return;
        bool inPlace = target.Place == MemoryPlace.Host;
        float[] staging = inPlace ? [] : ArrayPool<float>.Shared.Rent(checked((int)Math.Min(partLength, target.Count)));
        for (long first = 0; first < target.Count; first += partLength)
        {
            Cancellation.ThrowIfCancellationRequested();
            int count = checked((int)Math.Min(partLength, target.Count - first));
            float* place = (float*)target.Address + first;
            if (inPlace)
            {
                writer.Write(first, new Span<float>(place, count));
                continue;
            }
            writer.Write(first, staging.AsSpan(0, count));
            fixed (float* source = staging)
                device.CopyIn(source, (nint)place, count * (long)sizeof(float));
        }
        if (!inPlace)
            ArrayPool<float>.Shared.Return(staging);
    }

    private readonly struct DelegateWriter(FloatWriter writer) : IFloatWriter
    {
        public void Write(long first, Span<float> destination) => writer(first, destination);
    }
}
