using System.Runtime.InteropServices;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Testing;

/// <summary>Safetensors files with tensors added, removed or changed: the checkpoints that other tools make.</summary>
public static class EditedWeights
{
    /// <summary>Writes a file anew after a change of its tensors.</summary>
    public static void Edit(string path, Action<Dictionary<string, TensorSource>> change)
    {
        Dictionary<string, TensorSource> tensors;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
            tensors = file.Names.ToDictionary(name => name, name => Of(name, file[name].Type, file[name].Shape, Bytes(file[name])));
        change(tensors);
        SafetensorsWriter.Write(path, tensors.Values);
    }

    /// <summary>A tensor of the given bytes.</summary>
    public static TensorSource Of(string name, DType type, Shape shape, byte[] bytes) =>
        new(name, type, shape, (first, destination) => bytes.AsSpan((int)first * type.Size, destination.Length).CopyTo(destination));

    /// <summary>A tensor full of zeros.</summary>
    public static TensorSource Zeros(string name, DType type, Shape shape) =>
        new(name, type, shape, (_, destination) => destination.Clear());

    /// <summary>An F32 tensor as F64.</summary>
    public static TensorSource AsDoubles(TensorSource tensor)
    {
        byte[] bytes = BytesOf(tensor);
        double[] numbers = [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(number => (double)number)];
        return Of(tensor.Name, DType.F64, tensor.Shape, MemoryMarshal.AsBytes<double>(numbers).ToArray());
    }

    /// <summary>An F64 tensor as F32.</summary>
    public static TensorSource AsFloats(TensorSource tensor)
    {
        byte[] bytes = BytesOf(tensor);
        float[] numbers = [.. MemoryMarshal.Cast<byte, double>(bytes).ToArray().Select(number => (float)number)];
        return Of(tensor.Name, DType.F32, tensor.Shape, MemoryMarshal.AsBytes<float>(numbers).ToArray());
    }

    /// <summary>The bytes of a tensor.</summary>
    public static byte[] BytesOf(TensorSource tensor)
    {
        byte[] bytes = new byte[tensor.Bytes];
        tensor.Fill(0, bytes);
        return bytes;
    }

    private static byte[] Bytes(Tensor tensor) => tensor.Type.Size switch
    {
        1 => tensor.AsReadOnlySpan<byte>().ToArray(),
        2 => MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<ushort>()).ToArray(),
        4 => MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<uint>()).ToArray(),
        _ => MemoryMarshal.AsBytes(tensor.AsReadOnlySpan<ulong>()).ToArray(),
    };
}
