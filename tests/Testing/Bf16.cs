using System.Runtime.InteropServices;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Testing;

/// <summary>Checkpoints as <c>model.to(torch.bfloat16)</c> stores them.</summary>
public static class Bf16
{
    /// <summary>A copy of a checkpoint, every tensor of which is rounded to bfloat16.</summary>
    public static string CopyOf(string checkpoint, TemporaryFolder folder)
    {
        string copy = folder.CopyOf(checkpoint);
        foreach (string file in Directory.EnumerateFiles(copy, "*.safetensors", SearchOption.AllDirectories))
            Narrow(file);
        return copy;
    }

    private static void Narrow(string file)
    {
        var sources = new List<TensorSource>();
        using (SafetensorsFile stored = SafetensorsFile.Open(file))
        {
            foreach (string name in stored.Names)
            {
                ushort[] rounded = [.. Floats(stored[name]).Select(Round)];
                sources.Add(new TensorSource(name, DType.BF16, stored[name].Shape, (first, destination) =>
                    MemoryMarshal.AsBytes(rounded.AsSpan((int)first, destination.Length / sizeof(ushort))).CopyTo(destination)));
            }
        }
        SafetensorsWriter.Write(file, sources);
    }

    private static float[] Floats(Tensor tensor) => tensor.Type == DType.F64
        ? [.. tensor.AsReadOnlySpan<double>().ToArray().Select(value => (float)value)]
        : tensor.ToFloats();

    /// <summary>The bits of a number rounded to nearest, ties to even.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
