using System.Runtime.InteropServices;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>The tensors of a part as they are written: read when their turn comes, and converted piece by piece.</summary>
/// <param name="part">The part.</param>
/// <param name="progress">Counts what is written.</param>
internal sealed class PartTensors(InputPart part, WriteProgress progress) : IDisposable
{
    private const ushort HalfInfinity = 0x7C00;

    private readonly RenewedWeights weights = new(part.Open);

    /// <summary>Name to be written, and type and shape as they are read, in the model's order.</summary>
    public IEnumerable<(string Key, string Stored, TensorInfo Info)> All =>
        part.Keys.Select(key => (key.Key, key.Stored, weights.Describe(key.Stored)));

    /// <summary>All, in a type.</summary>
    /// <param name="asked">Of all numbers; null for each tensor's own.</param>
    /// <param name="prefix">What comes before their names.</param>
    public TensorSource[] InType(DType? asked, string prefix = "") =>
        [.. All.Select(tensor => Of(prefix + tensor.Key, tensor.Stored, WrittenType.Of(tensor.Info.Type, asked)))];

    /// <summary>A tensor in a type.</summary>
    /// <param name="name">The name that it is written under.</param>
    /// <param name="stored">The name that it is read by.</param>
    /// <param name="type">One of <see cref="ConvertedTensor.Types"/>, or its own.</param>
    /// <param name="scale">What its numbers are divided by, asked when they are written; null for 1.</param>
    /// <param name="shape">Another shape of as many elements; null for its own.</param>
    public TensorSource Of(string name, string stored, DType type, Func<float>? scale = null, Shape? shape = null)
    {
        TensorInfo info = weights.Describe(stored);
        return progress.Watched(new TensorSource(name, type, shape ?? info.Shape, NoElements), () =>
        {
            Tensor tensor = weights.Get(stored);
            if (tensor.Type == type && scale is null)
                return TensorSource.Of(name, tensor);
            if (shape is { } other)
                tensor = tensor.Reshape(other);
            TensorSource converted = ConvertedTensor.Of(name, type, tensor, scale?.Invoke() ?? 1);
            return type == DType.F16 ? Finite(converted) : converted;
        });

        static void NoElements(long first, Span<byte> destination) => throw new InvalidOperationException("It is made later.");
    }

    /// <summary>The largest magnitude in a tensor.</summary>
    /// <exception cref="WeightException">One that isn't finite.</exception>
    public float Largest(string stored)
    {
        progress.ThrowIfCancelled();
        float largest = 0;
        foreach (ReadOnlyMemory<float> numbers in FloatPieces.Of(stored, weights.Get(stored)))
        {
            foreach (float number in numbers.Span)
            {
                if (!float.IsFinite(number))
                    throw new WeightException($"{Quoted.Name(stored)} holds NaN or infinity, which has no scale. Use another file.");
                largest = Math.Max(largest, Math.Abs(number));
            }
        }
        return largest;
    }

    public void Dispose() => weights.Dispose();

    /// <summary>A tensor in F16, whose largest is 65504: what is beyond would be infinite, and the model with it.</summary>
    internal static TensorSource Finite(TensorSource source) => source with
    {
        Fill = (first, destination) =>
        {
            source.Fill(first, destination);
            foreach (ushort bits in MemoryMarshal.Cast<byte, ushort>(destination))
            {
                if ((bits & 0x7FFF) == HalfInfinity)
                {
                    throw new WeightException($"{Quoted.Name(source.Name)} holds numbers beyond 65504, the largest F16. "
                        + "Write the model as bf16 or fp32.");
                }
            }
        },
    };
}
