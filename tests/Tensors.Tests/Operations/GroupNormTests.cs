using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class GroupNormTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Verify("conv3d.x", "groupnorm.g1", 1);
        Verify("conv3d.x", "groupnorm.g3", 3);
        Verify("conv3d.x", "groupnorm.g4", 4);
        Verify("conv3d.x", "groupnorm.g12", 12);
        Verify("groupnorm.low_variance.x", "groupnorm.low_variance.g4.eps1e-6", 4);

        void Verify(string input, string output, int groups)
        {
            Tensor x = ops.Permute(ops.Load(goldens, input), [0, 2, 3, 4, 1]);
            Tensor weight = ops.Load(goldens, "groupnorm.w"), bias = ops.Load(goldens, "groupnorm.b");
            Tensor y = ops.GroupNorm(x, weight, bias, groups, 1e-6f, silu: false);
            Agree.With(goldens[output], ops.Permute(y, [0, 4, 1, 2, 3]), output);
        }
    }

    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
    {
        int groups = random.Next(1, 5), channels = groups * random.Next(1, 12);
        Shape shape = [random.Next(1, 3), random.Next(1, 6), random.Next(1, 20), random.Next(1, 20), channels];
        Tensor x = ops.Random(random, shape), weight = ops.RandomHalf(random, [channels]), bias = ops.Random(random, [channels]);
        bool silu = random.Next(2) == 0;
        if (random.Next(2) == 0)
            return ops.GroupNorm(x, weight, bias, groups, 1e-6f, silu);
        Shape map = [shape[0], random.Next(shape[1] % 2 == 1 && shape[1] > 1 ? 2 : 1, 4), random.Next(1, 5), random.Next(1, 5), channels];
        return ops.SpatialGroupNorm(x, weight, bias, groups, 1e-6f, ops.Random(random, map), ops.Random(random, map), silu);
    });

    // The first of an odd number of frames reads the map's first frame, the others share the rest; an even number shares all.
    [Theory]
    [InlineData(1, 2, "0")]
    [InlineData(5, 3, "01122")]
    [InlineData(9, 3, "011112222")]
    [InlineData(3, 3, "012")]
    [InlineData(8, 2, "00001111")]
    [InlineData(2, 2, "01")]
    public void PicksTheFrameOfTheMap(int frames, int mapFrames, string expected)
    {
        foreach (string device in EachDevice.Names)
        {
            using Ops ops = EachDevice.Open(device);
            float[] numbers = [.. Enumerable.Range(0, mapFrames).Select(i => (float)i)];
            Tensor map = ops.FromHost(numbers, [1, mapFrames, 1, 1, 1]);
            Tensor one = ops.FromHost([1f], [1]), zeros = ops.Scale(map, 0);
            Tensor y = ops.SpatialGroupNorm(
                ops.FromHost(new float[frames], [1, frames, 1, 1, 1]), one, one, 1, 1e-6f, zeros, map, silu: false);
            Assert.Equal(expected, string.Concat(y.ToFloats().Select(value => (int)value)));
        }
    }

    [Fact]
    public void RefusesShapesThatDoNotFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([1, 3, 2, 2, 8]), vector = ops.Empty([8]), map = ops.Empty([1, 2, 1, 1, 8]);
        Refuses("[4, 8]", () => ops.GroupNorm(ops.Empty([4, 8]), vector, vector, 2, 1e-6f, false));
        Refuses("3 groups", () => ops.GroupNorm(x, vector, vector, 3, 1e-6f, false));
        Refuses("the weight is [7]", () => ops.GroupNorm(x, ops.Empty([7]), vector, 2, 1e-6f, false));
        Refuses("the bias is [7]", () => ops.GroupNorm(x, vector, ops.Empty([7]), 2, 1e-6f, false));
        Refuses("must be equal", () => ops.SpatialGroupNorm(x, vector, vector, 2, 1e-6f, map, ops.Empty([1, 3, 1, 1, 8]), false));
        Tensor narrow = ops.Empty([1, 2, 1, 1, 4]), single = ops.Empty([1, 1, 1, 1, 8]);
        Refuses("needs [1, Fz, Hz, Wz, 8]", () => ops.SpatialGroupNorm(x, vector, vector, 2, 1e-6f, narrow, narrow, false));
        Refuses("one frame", () => ops.SpatialGroupNorm(x, vector, vector, 2, 1e-6f, single, single, false));
    }

    private static void Refuses(string words, Func<Tensor> call) =>
        Assert.Contains(words, Assert.Throws<TensorException>(() => call()).Message);
}
