using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class CausalConv3dTests
{
    private static readonly int[] ChannelsLast = [0, 2, 3, 4, 1];
    private static readonly int[] ChannelsSecond = [0, 4, 1, 2, 3];

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void RepeatsTheFirstFrame(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor x = ops.Permute(ops.Load(goldens, "conv3d.x"), ChannelsLast);
        Tensor y = ops.CausalConv3d(x, ops.Load(goldens, "conv3d.w"), ops.Load(goldens, "conv3d.b"));
        Agree.With(goldens["conv3d.causal"], ops.Permute(y, ChannelsSecond), "conv3d.causal");
    }

    // Zeros before and after in time, which torch calls padding 1: a history of zeros, a frame of zeros behind, and the
    // result one frame later.
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void ReadsTheHistory(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor x = ops.Permute(ops.Load(goldens, "conv3d.x"), ChannelsLast);
        Tensor zeros = ops.Scale(ops.Slice(x, 1, 0, 2), 0);
        Tensor longer = ops.Concat(x, ops.Slice(zeros, 1, 0, 1), 1);
        foreach ((string name, int stride) in new[] { ("conv3d.pad1", 1), ("conv3d.stride_hw2", 2) })
        {
            Tensor y = ops.CausalConv3d(
                longer, ops.Load(goldens, "conv3d.w"), ops.Load(goldens, "conv3d.b"), zeros, stride: stride);
            Agree.With(goldens[name], ops.Permute(ops.Slice(y, 1, 1, x.Shape[1]), ChannelsSecond), name);
        }
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void ConvolvesEachFrame(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor images = ops.Load(goldens, "conv2d.x"); // [frames, C, H, W]
        Tensor x = ops.Permute(images.Reshape([1, .. images.Shape]), [0, 1, 3, 4, 2]);
        foreach ((string name, int stride, bool padEnd) in new[] { ("conv2d.pad1", 1, false), ("conv2d.down", 2, true) })
        {
            Tensor y = ops.Permute(ops.CausalConv3d(x, ops.Load(goldens, "conv2d.w"), stride: stride, padEnd: padEnd), [0, 1, 4, 2, 3]);
            Agree.With(goldens[name], y.Reshape(goldens[name].Shape), name);
        }
    }

    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
    {
        int kt = random.Next(1, 4), k = random.Next(0, 2) * 2 + 1, stride = random.Next(1, 3);
        int channels = random.Next(1, 40), outputs = random.Next(1, 50);
        Shape shape = [random.Next(1, 3), random.Next(1, 5), random.Next(3, 12), random.Next(3, 14), channels];
        Tensor x = ops.Random(random, shape);
        Tensor weight = ops.RandomHalf(random, [outputs, channels, kt, k, k]);
        Tensor bias = random.Next(2) == 0 ? default : ops.Random(random, [outputs]);
        Tensor history = random.Next(2) == 0 ? default : ops.Random(random, shape.With(1, kt - 1));
        bool padEnd = random.Next(3) == 0;
        Tensor y = ops.CausalConv3d(x, weight, bias, history, stride: stride, padEnd: padEnd);
        return random.Next(2) == 0 ? y : ops.CausalConv3d(x, weight, bias, history, ops.Random(random, y.Shape), stride, padEnd);
    });

    [Theory]
    [InlineData(1, 3, 30, 33, 24, 3)]    // narrow, several boxes
    [InlineData(1, 5, 20, 21, 70, 130)]  // wide, several slices, groups and boxes, a short last panel
    [InlineData(3, 1, 16, 16, 300, 32)]  // 1×1×1 below: two slices
    public void LargerFormsAgree(int batch, int frames, int height, int width, int channels, int outputs)
    {
        int k = channels == 300 ? 1 : 3;
        using Ops naive = EachDevice.OpenNaive();
        Tensor expected = Run(naive);
        foreach (object[] device in EachDevice.Fast)
        {
            using Ops ops = EachDevice.Open((string)device[0]);
            Agree.With(expected, Run(ops), $"convolution on {device[0]}");
        }

        Tensor Run(Ops ops)
        {
            var random = new Random(7);
            Tensor x = ops.Random(random, [batch, frames, height, width, channels]);
            return ops.CausalConv3d(x, ops.Random(random, [outputs, channels, k, k, k]), ops.Random(random, [outputs]));
        }
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AChunkWithItsHistoryEqualsTheWhole(string device)
    {
        using Ops ops = EachDevice.Open(device);
        var random = new Random(3);
        Tensor x = ops.Random(random, [2, 7, 5, 6, 8]), weight = ops.Random(random, [20, 8, 3, 3, 3]);
        Tensor whole = ops.CausalConv3d(x, weight);
        Tensor history = default, result = default;
        for (int frame = 0; frame < 7; frame++) // single frames: the history must reach back over several chunks
        {
            Tensor chunk = ops.Slice(x, 1, frame, 1);
            Tensor y = ops.CausalConv3d(chunk, weight, history: history);
            history = ops.ConvHistory(chunk, history, 2);
            result = frame == 0 ? y : ops.Concat(result, y, 1);
        }
        Agree.With(whole, result, "in chunks", 1e-7);
        Agree.With(ops.Slice(x, 1, 5, 2), history, "the last history", 0);
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void TheFirstHistoryRepeatsTheFirstFrame(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor x = ops.FromHost([1f, 2f], [1, 2, 1, 1, 1]);
        Assert.Equal([1, 1, 1, 2], ops.ConvHistory(x, default, 4).ToFloats());
        Assert.Equal([2], ops.ConvHistory(x, default, 1).ToFloats());
    }

    [Fact]
    public void RefusesShapesThatDoNotFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([1, 2, 4, 4, 8]), weight = ops.Empty([16, 8, 3, 3, 3]);
        Refuses("[2, 3]", () => ops.CausalConv3d(ops.Empty([2, 3]), weight));
        Refuses("[16, 8]", () => ops.CausalConv3d(x, ops.Empty([16, 8])));
        Refuses("reads 9 channels", () => ops.CausalConv3d(x, ops.Empty([16, 9, 3, 3, 3])));
        Refuses("stride 0", () => ops.CausalConv3d(x, weight, stride: 0));
        Refuses("[15]", () => ops.CausalConv3d(x, weight, ops.Empty([15])));
        Refuses("[1, 2, 4, 4, 8]", () => ops.CausalConv3d(x, weight, history: ops.Empty([1, 1, 4, 4, 8])));
        Refuses("[1, 2, 4, 4, 16]", () => ops.CausalConv3d(x, weight, residual: ops.Empty([1, 2, 4, 4, 8])));
        Refuses("smaller than one window", () => ops.CausalConv3d(x, ops.Empty([16, 8, 1, 6, 6]), padEnd: true));
        Refuses("-1 frames", () => ops.ConvHistory(x, default, -1));
        Refuses("or more frames", () => ops.ConvHistory(x, ops.Empty([1, 1, 4, 4, 8]), 2));
    }

    private static void Refuses(string words, Func<Tensor> call) =>
        Assert.Contains(words, Assert.Throws<TensorException>(() => call()).Message);
}
