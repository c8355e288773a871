using System.Runtime.InteropServices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests;

/// <summary>The definition of a product of pairs against what a Zen 5's instruction gave.</summary>
public sealed class DotPairsGoldenTests
{
    [Theory]
    [InlineData("normal")]
    [InlineData("wide")]
    [InlineData("cancel")]
    [InlineData("cancel_even")]
    [InlineData("cancel_odd")]
    [InlineData("subnormal_in")]
    [InlineData("small_out")]
    [InlineData("bits")]
    public void TheDefinitionGivesTheInstructionsBits(string kind)
    {
        using SafetensorsFile file = Golden.Open("cpu/vdpbf16ps.safetensors");
        uint[] before = Read(file, $"{kind}.c"), after = Read(file, $"{kind}.d");
        uint[] left = Read(file, $"{kind}.a"), right = Read(file, $"{kind}.b");
        Assert.Equal(16 * 16, after.Length);
        for (int i = 0; i < after.Length; i++)
        {
            float expected = BitConverter.UInt32BitsToSingle(after[i]);
            float actual = TileDefinition.DotPairs(BitConverter.UInt32BitsToSingle(before[i]), left[i], right[i]);
            if (float.IsNaN(expected))
                Assert.True(float.IsNaN(actual), $"lane {i}: {actual} for NaN");
            else
                Assert.Equal(after[i], BitConverter.SingleToUInt32Bits(actual));
        }
    }

    private static uint[] Read(SafetensorsFile file, string name)
    {
        Tensor tensor = file[name];
        var bits = new uint[tensor.Bytes / sizeof(uint)];
        tensor.CopyTo(MemoryMarshal.AsBytes(bits.AsSpan()));
        return bits;
    }
}
