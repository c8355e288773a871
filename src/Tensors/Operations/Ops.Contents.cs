using System.Buffers;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

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
    /// Stored weights as this device computes with them: as they lie, or a copy in its memory that lasts. 8-bit floats become BF16, which
    /// has all of their values, where the device reads no others.
    /// </summary>
    /// <param name="stored">A tensor on the host.</param>
    public unsafe Tensor Resident(Tensor stored)
    {
        if (!device.HoldsWeights)
            return stored;
        if (stored.Type.IsKernelFloat && !device.ReadsWeights(stored.Type.Format))
            return ResidentWidened(stored);
        Tensor result = Memory.Lasting(stored.Shape, stored.Type);
        device.CopyIn(stored.Address, (nint)result.Address, stored.Bytes);
        return result;
    }

    private unsafe Tensor ResidentWidened(Tensor stored)
    {
        Tensor result = Memory.Lasting(stored.Shape, DType.BF16);
        ushort[] part = ArrayPool<ushort>.Shared.Rent((int)Math.Min(PartFloats, stored.Count));
        for (long first = 0; first < stored.Count && !IsPlanning; first += PartFloats)
        {
            int count = (int)Math.Min(PartFloats, stored.Count - first);
            for (int i = 0; i < count; i++)
                part[i] = Shorten.ToBFloat16(stored.Elements[first + i]);
            fixed (ushort* source = part)
                device.CopyIn(source, (nint)((ushort*)result.Address + first), count * sizeof(ushort));
        }
        ArrayPool<ushort>.Shared.Return(part);
        return result;
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
