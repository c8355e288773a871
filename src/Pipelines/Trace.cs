using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines;

/// <summary>The tensors of a run that <see cref="GenerationRequest.Trace"/> asks for, written together at the end of sampling.</summary>
/// <param name="path">The file, or null where no trace is wanted.</param>
internal sealed class Trace(string? path)
{
    private readonly Dictionary<string, (float[] Values, Shape Shape)> tensors = [];

    /// <summary>Whether there is a file to write.</summary>
    public bool IsWanted => path is not null;

    /// <summary>Keeps a copy under a name.</summary>
    public void Add(string name, Tensor tensor)
    {
        if (IsWanted)
            tensors[name] = (tensor.ToFloats(), tensor.Shape);
    }

    public void Write()
    {
        if (path is null)
            return;
        SafetensorsWriter.Write(path, tensors.Select(entry => new TensorSource(entry.Key, DType.F32, entry.Value.Shape, Filler(entry.Value.Values))));
    }

    private static TensorFiller Filler(float[] values) => (first, destination) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan((int)first, destination.Length / sizeof(float))).CopyTo(destination);
}
