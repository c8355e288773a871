using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class MovementTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void UpsamplingKeepsTheFirstFrame(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor x = ops.Permute(ops.Load(goldens, "upsample3d.x"), [0, 2, 3, 4, 1]);
        Tensor y = ops.Permute(ops.UpsampleNearest(x, time: true), [0, 4, 1, 2, 3]);
        Agree.With(goldens["upsample3d.first_kept"], y, "upsample3d.first_kept", 0);
    }

    [Theory]
    [InlineData(1, true, "0")]
    [InlineData(2, true, "0011")]
    [InlineData(3, true, "01122")]
    [InlineData(3, false, "012")]
    public void UpsamplingPicksFrames(int frames, bool time, string expected)
    {
        foreach (string device in EachDevice.Names)
        {
            using Ops ops = EachDevice.Open(device);
            float[] numbers = [.. Enumerable.Range(0, frames).Select(i => (float)i)];
            Tensor y = ops.UpsampleNearest(ops.FromHost(numbers, [1, frames, 1, 1, 1]), time);
            Assert.Equal(expected, string.Concat(y.ToFloats().Where((_, i) => i % 4 == 0).Select(value => (int)value)));
        }
    }

    [Fact]
    public void FormsAgree() => Forms.Agree(tolerance: 0, run: (ops, random) =>
    {
        switch (random.Next(4))
        {
            case 0:
                int rank = random.Next(1, 9);
                int[] sizes = [.. Enumerable.Range(0, rank).Select(_ => random.Next(1, rank > 4 ? 5 : 40))],
                    order = [.. Enumerable.Range(0, rank)];
                random.Shuffle(order);
                return rank > 4 || random.Next(2) == 0
                    ? ops.Permute(ops.RandomHalf(random, new Shape(sizes)), order)
                    : ops.Permute(ops.Random(random, new Shape(sizes)), order);
            case 1:
                Shape shape = [random.Next(0, 20), random.Next(0, 60), random.Next(0, 60)];
                int at = random.Next(3);
                return ops.Concat(ops.Random(random, shape), ops.Random(random, shape.With(at, random.Next(0, 9))), at - 3);
            case 2:
                Tensor x = ops.Random(random, [random.Next(1, 20), random.Next(1, 60), random.Next(1, 60)]);
                int dimension = random.Next(3), start = random.Next(x.Shape[dimension]);
                return ops.Slice(x, dimension, start, random.Next(x.Shape[dimension] - start + 1));
            default:
                Shape video = [random.Next(1, 3), random.Next(1, 5), random.Next(1, 9), random.Next(1, 9), random.Next(1, 30)];
                return ops.UpsampleNearest(ops.Random(random, video), random.Next(2) == 0);
        }
    });

    // Against NumPy's rule, element by element, for each size of element.
    [Theory]
    [InlineData("U8")]
    [InlineData("I16")]
    [InlineData("I32")]
    [InlineData("F64")]
    public void PermuteMovesEveryType(string type)
    {
        Assert.True(DType.TryParse(type, out DType dtype));
        foreach (string device in EachDevice.Names)
        {
            using Ops ops = EachDevice.Open(device);
            byte[] bytes = [.. Enumerable.Range(0, 3 * 17 * 35 * dtype.Size).Select(i => (byte)(i * 7 % 251))];
            Tensor y = ops.Permute(ops.FromHost(bytes, [3, 17, 35], dtype), [2, 0, 1]);
            Assert.Equal([35, 3, 17], y.Shape);
            var moved = new byte[y.Bytes];
            y.CopyTo(moved);
            for (int i = 0; i < y.Count; i++)
            {
                int source = i / 17 % 3 * 17 * 35 + i % 17 * 35 + i / 51;
                Assert.Equal(bytes.AsSpan(source * dtype.Size, dtype.Size), moved.AsSpan(i * dtype.Size, dtype.Size));
            }
        }
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void EmbeddingWidensRows(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor table = ops.RandomHalf(new Random(1), [5, 3]);
        float[] rows = table.ToFloats();
        Tensor y = ops.Embedding([4, 0, 4, 2], [2, 2], table);
        Assert.Equal([2, 2, 3], y.Shape);
        Assert.Equal([.. rows[12..], .. rows[..3], .. rows[12..], .. rows[6..9]], y.ToFloats());
    }

    [Fact]
    public void RefusesShapesThatDoNotFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([2, 3]);
        Refuses("each dimension of [2, 3] once", () => ops.Permute(x, [0, 0]));
        Refuses("each dimension of [2, 3] once", () => ops.Permute(x, [0, 1, 2]));
        Refuses("[2, 4]", () => ops.Concat(x, ops.Empty([2, 4]), 0));
        Refuses("I32", () => ops.Concat(x, ops.FromHost([1, 2, 3], [1, 3]), 0));
        Refuses("1 … 3", () => ops.Slice(x, 1, 1, 3));
        Refuses("no dimension 2", () => ops.Slice(x, 2, 0, 1));
        Refuses("[2, 3]", () => ops.UpsampleNearest(x, true));
        Refuses("3 values don't fill", () => ops.Embedding([0, 1, 1], [2], x));
        Refuses("[6]", () => ops.Embedding([1], [1], ops.Empty([6])));
        Refuses("id 2 is outside the table [2, 3]", () => ops.Embedding([1, 2], [2], x));
        Refuses("id -1", () => ops.Embedding([-1], [1], x));
    }

    private static void Refuses(string words, Func<Tensor> call) =>
        Assert.Contains(words, Assert.Throws<TensorException>(() => call()).Message);
}
