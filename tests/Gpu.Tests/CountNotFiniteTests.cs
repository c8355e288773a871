using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Counting what isn't finite on a portable device.</summary>
public sealed class CountNotFinitePortableTests
{
    [Theory]
    [MemberData(nameof(Portable.EachType), MemberType = typeof(Portable))]
    public void FindsEach(string type)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        using var ops = new Ops(GpuDevices.OpenEmulator(), activations);
        foreach (int count in (int[])[0, 1, 6, 127, 2600])
        {
            float[] values = new float[count];
            Array.Fill(values, -65504); // binary16's largest
            Assert.Equal(0, Count());
            for (int i = 0; i < count; i += 5)
                values[i] = (i % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
            Assert.Equal((count + 4) / 5, Count());

            long Count() => ops.CountNotFinite(ops.Cast(ops.FromHost(values, [count]), activations));
        }
    }
}
