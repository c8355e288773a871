using CogVideoX.Emulator;
using CogVideoX.Gpu;
using CogVideoX.Kernels.Devices;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights;

/// <summary>
/// Layers that come to the device one after the other compute what they do when all are there: on devices that do copies as late or as
/// early as they may, and on the emulator, whose streams go on in any order that is allowed.
/// </summary>
public sealed class StreamedLayersTests : IDisposable
{
    private const int Blocks = 5;

    private static readonly int[] Ids = [5, 9, 1, 0, 7, 3, 1, 0];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The seeds are such that a wait that is missing is found.
    [Theory]
    [InlineData("late")]
    [InlineData("early")]
    [InlineData("shuffled 1")]
    public void ATransformerHasTheBitsOfTheResidentOne(string device)
    {
        ModelFolder model = LongModel("2b");
        Assert.Equal(Outputs(model, device, streamed: null), Outputs(model, device, CogVideoXTransformer.Layers));
    }

    [Theory]
    [InlineData("late")]
    [InlineData("early")]
    [InlineData("shuffled 3")]
    public void ATextEncoderHasTheBitsOfTheResidentOne(string device)
    {
        Assert.Equal(Encoded(streamed: null), Encoded(T5Encoder.Layers));

        float[][] Encoded(string? streamed)
        {
            using var ops = new Ops(Open(device));
            ModelFolder model = GoldenModels.Folder("5b");
            using WeightFiles files = model.OpenTextEncoder();
            var encoder = new T5Encoder(new WeightReader(ops, files, [], merge: false, streamed), model.TextEncoder);
            using MemoryScope scope = ops.Scope();
            return [.. Ids.Chunk(4).Select(ids => encoder.Forward(ids, batch: 1).ToFloats())];
        }
    }

    [Fact]
    public void AdaptersAreAddedBesideAndMergedOnesRefused()
    {
        ModelFolder model = LongModel("2b");
        LoraAdapter drift = GoldenModels.Lora("drift", kind: "2b");
        float[][] with = Outputs(model, "late", CogVideoXTransformer.Layers, drift);
        Assert.Equal(Outputs(model, "late", streamed: null, drift), with);
        Assert.NotEqual(Outputs(model, "late", streamed: null), with);
        using var ops = new Ops(new ApartDevice());
        using WeightFiles files = model.OpenTransformer();
        Assert.Throws<ArgumentException>(() => new WeightReader(ops, files, [drift], merge: true, CogVideoXTransformer.Layers));
    }

    // A copy that waited for more than the layer that had its slot would be right, and of no use.
    [Fact]
    public void ALayerIsCopiedWhileTheOneBeforeItComputes()
    {
        ModelFolder model = LongModel("2b");
        var apart = new ApartDevice(copiesEarly: true);
        using var ops = new Ops(apart);
        using WeightFiles files = model.OpenTransformer();
        CogVideoXTransformer transformer = Build(ops, files, model, CogVideoXTransformer.Layers, []);
        using MemoryScope scope = ops.Scope();
        Forward(ops, transformer, 900);
        Assert.InRange(apart.BytesAhead, apart.BytesBeside * (Blocks - 1) / Blocks, apart.BytesBeside); // before the first there is nothing
        long copied = apart.BytesBeside;
        Forward(ops, transformer, 500);
        Assert.Equal(2 * copied, apart.BytesBeside);
    }

    // What is held, and what a dry run says of it: the two largest layers and all that is in none.
    [Fact]
    public void TwoLayersAreHeldAndPlannedForExactly()
    {
        ModelFolder model = LongModel("2b");
        using WeightFiles files = model.OpenTransformer();
        long others = 0, layer = 0;
        foreach (string name in files.Names)
        {
            Assert.True(files.TryGet(name, out Tensor tensor));
            if (!name.StartsWith("transformer_blocks.", StringComparison.Ordinal))
                others += (tensor.Bytes + 63) / 64 * 64;
            else if (name.StartsWith("transformer_blocks.0.", StringComparison.Ordinal))
                layer += (tensor.Bytes + 255) / 256 * 256;
        }
        var apart = new ApartDevice();
        using Ops taken = new(apart), planned = Ops.Planning(new DeviceSpec("apart", "apart", 1 << 30, DType.F32));
        Run(taken);
        Run(planned);
        Assert.Equal(2 * layer + others, taken.Memory.LastingBytes);
        Assert.Equal(taken.Memory.LastingBytes, planned.Memory.LastingBytes);
        Assert.Equal(taken.Memory.PeakBytes, planned.Memory.PeakBytes);
        Assert.Equal(apart.BytesBeside, planned.PlannedStreamedBytes);

        void Run(Ops ops)
        {
            CogVideoXTransformer transformer = Build(ops, files, model, CogVideoXTransformer.Layers, []);
            Assert.Equal(0, ops.Memory.LiveCount);
            using MemoryScope scope = ops.Scope();
            transformer.Forward(ops.Fill([1, 2, 4, 8, 12], Numbers), Text(ops), [500]);
        }
    }

    [Fact]
    public void OneThatIsCancelledLeavesNothingAndGoesOnRightly()
    {
        ModelFolder model = LongModel("2b");
        float[][] expected = Outputs(model, "late", streamed: null);
        using var ops = new Ops(new ApartDevice(copiesEarly: true));
        using WeightFiles files = model.OpenTransformer();
        CogVideoXTransformer transformer = Build(ops, files, model, CogVideoXTransformer.Layers, []);
        for (int stopped = 1; stopped < Blocks; stopped++)
        {
            using (ops.Scope())
            {
                Assert.Throws<OperationCanceledException>(() => Forward(ops, transformer, 500, (done, _) =>
                {
                    if (done == stopped)
                        throw new OperationCanceledException();
                }));
            }
            Assert.Equal(0, ops.Memory.LiveCount);
            using (ops.Scope())
                Assert.Equal(expected[0], Forward(ops, transformer, 900));
        }
    }

    // They would be converted at each step: they are kept, as they would be without streaming.
    [Fact]
    public void WeightsThatAreConvertedStay()
    {
        ModelFolder model = LongModel("2b");
        float[][] expected = Outputs(model, "late", streamed: null);
        const string Converted = "transformer_blocks.1.ff.net.2.weight";
        EditedWeights.Edit(
            Path.Combine(model.Path, "transformer", "diffusion_pytorch_model.safetensors"),
            tensors => tensors[Converted] = EditedWeights.AsDoubles(tensors[Converted]));
        Assert.Equal(expected, Outputs(model, "late", CogVideoXTransformer.Layers));
    }

    private static float[][] Outputs(ModelFolder model, string device, string? streamed, params LoraAdapter[] adapters)
    {
        using var ops = new Ops(Open(device));
        using WeightFiles files = model.OpenTransformer();
        CogVideoXTransformer transformer = Build(ops, files, model, streamed, adapters);
        using MemoryScope scope = ops.Scope();
        return [Forward(ops, transformer, 900), Forward(ops, transformer, 500)];
    }

    private static CogVideoXTransformer Build(
        Ops ops, WeightFiles files, ModelFolder model, string? streamed, IReadOnlyList<LoraAdapter> adapters) =>
        new(new WeightReader(ops, files, adapters, merge: false, streamed), model.Transformer);

    private static float[] Forward(Ops ops, CogVideoXTransformer transformer, double timestep, Action<int, int>? progress = null) =>
        transformer.Forward(ops.Fill([1, 1, 4, 4, 6], Numbers), Text(ops), [timestep], progress).ToFloats();

    private static Conditions Text(Ops ops) => GoldenModels.Text(ops.Fill([1, 26, 24], Numbers));

    private static void Numbers(long first, Span<float> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (float)Math.Sin(first + i);
    }

    private static Device Open(string device) => device switch
    {
        "late" => new ApartDevice(),
        "early" => new ApartDevice(copiesEarly: true),
        _ => GpuDevices.OpenEmulator(new EmulatedDeviceOptions { Order = WorkOrder.Shuffled, Seed = device[^1] }),
    };

    // A golden checkpoint with five blocks of its two, so that slots are used again, and by layers of other numbers.
    private ModelFolder LongModel(string kind)
    {
        string path = folder.CopyOf(Golden.Path($"checkpoints/{kind}"));
        string config = Path.Combine(path, "transformer", "config.json");
        File.WriteAllText(
            config,
            File.ReadAllText(config).Replace("\"num_layers\": 2", $"\"num_layers\": {Blocks}", StringComparison.Ordinal));
        EditedWeights.Edit(Path.Combine(path, "transformer", "diffusion_pytorch_model.safetensors"), tensors =>
        {
            var stored = tensors.ToDictionary();
            for (int block = Blocks - 1; block > 0; block--)
            {
                string from = $"transformer_blocks.{block / 2 % 2}.", to = $"transformer_blocks.{block}.";
                foreach ((string key, TensorSource source) in stored.Where(entry => entry.Key.StartsWith(from, StringComparison.Ordinal)))
                    tensors[to + key[from.Length..]] = source with { Name = to + key[from.Length..] };
            }
        });
        return ModelFolder.Open(path);
    }
}
