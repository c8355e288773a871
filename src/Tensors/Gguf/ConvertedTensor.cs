using System.Runtime.InteropServices;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Quantised;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Tensors.Gguf;

/// <summary>Tensors in other types, made while they are written.</summary>
public static class ConvertedTensor
{
    private const int PartFloats = 1 << 15; // a multiple of every block

    /// <summary>The types that tensors can be written in.</summary>
    public static IReadOnlyList<DType> Types { get; } =
        [DType.F32, DType.F16, DType.BF16, DType.F8E4M3, DType.Q8Blocks32, DType.Q4Blocks32];

    /// <summary>A tensor in another type; numbers are rounded to it, half to even, and quantised as GGUF's own tool does.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="type">One of <see cref="Types"/>. 8-bit floats end at ±448: what is beyond is that.</param>
    /// <param name="tensor">
    /// Any shape, of any type that kernels read, or F64, on the host; it must live until it is written.
    /// </param>
    /// <param name="scale">What numbers are divided by: for 8-bit floats with a factor beside them.</param>
    /// <exception cref="TensorException">
    /// Another type, or rows that aren't whole blocks. When it is written: a number that can't be quantised, as it isn't finite.
    /// </exception>
    public static TensorSource Of(string name, DType type, Tensor tensor, float scale = 1)
    {
        if (!Types.Contains(type))
            throw new TensorException($"Tensors aren't written as {type}; {string.Join(", ", Types)} are.");
        int row = tensor.Shape.Rank == 0 ? 1 : tensor.Shape[-1];
        if (type.IsBlocked && row % type.Format.BlockElements() != 0)
            throw new TensorException($"{Quoted.Name(name)} {tensor} has rows of {row}, which aren't whole blocks of {type}.");
        return new TensorSource(name, type, tensor.Shape, (first, destination) => Fill(name, type, tensor, scale, first, destination));
    }

    private static unsafe void Fill(string name, DType type, Tensor tensor, float scale, long first, Span<byte> destination)
    {
        long count = type.IsBlocked
            ? destination.Length / type.Format.BlockBytes() * type.Format.BlockElements()
            : destination.Length / type.Size;
        float[] part = new float[Math.Min(PartFloats, count)];
        for (long done = 0; done < count; done += PartFloats)
        {
            Span<float> numbers = part.AsSpan(0, (int)Math.Min(PartFloats, count - done));
            Read(tensor, first + done, numbers);
            for (int i = 0; i < numbers.Length && scale != 1; i++)
                numbers[i] /= scale;
            try
            {
                Store(type, numbers, destination[(int)type.BytesOf(done)..]);
            }
            catch (ArgumentException exception)
            {
                throw new TensorException($"{Quoted.Name(name)} {tensor} can't be written as {type}: {exception.Message}", exception);
            }
        }
    }

    private static unsafe void Read(Tensor tensor, long first, Span<float> numbers)
    {
        if (tensor.Type != DType.F64)
        {
            fixed (float* target = numbers)
                Widen.ToFloats(tensor.Elements.Slice(first), target, numbers.Length);
            return;
        }
        var doubles = new double[numbers.Length];
        tensor.CopyTo(first * sizeof(double), MemoryMarshal.AsBytes(doubles.AsSpan()));
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (float)doubles[i];
    }

    private static unsafe void Store(DType type, ReadOnlySpan<float> numbers, Span<byte> destination)
    {
        if (type == DType.Q8Blocks32)
        {
            Quantise.ToQ8Blocks32(numbers, destination);
            return;
        }
        if (type == DType.Q4Blocks32)
        {
            Quantise.ToQ4Blocks32(numbers, destination);
            return;
        }
        fixed (byte* target = destination)
        {
            var elements = new Elements(target, type.Format);
            for (int i = 0; i < numbers.Length; i++)
            {
                if (type == DType.F8E4M3)
                    target[i] = Shorten.ToFloat8E4M3(numbers[i]);
                else
                    elements.Set(i, numbers[i]);
            }
        }
    }
}
