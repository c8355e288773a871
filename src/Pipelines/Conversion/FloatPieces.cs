using System.Runtime.InteropServices;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>The numbers of a tensor of any type, some at a time.</summary>
internal static class FloatPieces
{
    private const int Most = 1 << 18; // a multiple of every block

    /// <summary>All numbers of a tensor on the host, in order; each piece until the next one is asked for.</summary>
    public static IEnumerable<ReadOnlyMemory<float>> Of(string name, Tensor tensor)
    {
        long count = tensor.Shape.Count;
        var buffer = new float[Math.Min(Most, count)];
        TensorSource floats = ConvertedTensor.Of(name, DType.F32, tensor);
        for (long first = 0; first < count; first += Most)
        {
            Memory<float> piece = buffer.AsMemory(0, (int)Math.Min(Most, count - first));
            floats.Fill(first, MemoryMarshal.AsBytes(piece.Span));
            yield return piece;
        }
    }
}
