using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Resuming;

/// <summary>States that a run can't go on from are refused with a sentence, before anything runs.</summary>
public sealed class StateFileTests : IDisposable
{
    private const string Resume = nameof(GenerationRequest.Resume), About = "cogvideox_state", Settings = "cogvideox";

    private readonly TemporaryFolder folder = new();
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);

    public void Dispose()
    {
        pipeline.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void ItHasSettingsAndNames()
    {
        ResumeState state = ResumeState.Load(Written());
        Assert.Equal((2, 2), (state.NextStep, state.Steps));
        Assert.Equal("2b", state.Metadata.Settings["model"]!.GetValue<string>());
        Assert.Equal(TestModels.Quick.Prompt, VideoMetadata.Read(Written()).Prompt);
        Assert.Equal(pipeline.Plan(TestModels.Quick).Settings, state.Settings);
    }

    [Fact]
    public void AnotherModelIsRefused()
    {
        ResumeState state = ResumeState.Load(Written());
        using CogVideoXPipeline other = CogVideoXPipeline.Open(TestModels.Tiny5b);
        Assert.Contains("another model ('2b')", Refusal.Of(other, state.ToRequest(), Resume).Problem);
    }

    // A fine-tuned model has the same configs and sizes.
    [Theory]
    [InlineData("transformer")]
    [InlineData("vae")]
    [InlineData("text_encoder")]
    public void OtherWeightsAreRefused(string part)
    {
        ResumeState state = ResumeState.Load(Written());
        string model = folder.CopyOf(TestModels.Tiny2b);
        using (CogVideoXPipeline copy = CogVideoXPipeline.Open(model))
            copy.Plan(state.ToRequest());
        EditedWeights.Edit(Directory.GetFiles(Path.Combine(model, part), "*.safetensors")[0], tensors =>
        {
            string name = tensors.Keys.Order().First();
            byte[] bytes = EditedWeights.BytesOf(tensors[name]);
            bytes[0] ^= 1;
            tensors[name] = EditedWeights.Of(name, tensors[name].Type, tensors[name].Shape, bytes);
        });
        using CogVideoXPipeline tuned = CogVideoXPipeline.Open(model);
        Assert.Contains("another model", Refusal.Of(tuned, state.ToRequest(), Resume).Problem);
    }

    [Fact]
    public void ALoraOrAnotherScaleIsAnotherModel()
    {
        ResumeState plain = ResumeState.Load(Written());
        using CogVideoXPipeline half = WithLora(0.5), whole = WithLora(1);
        Refusal.Of(half, plain.ToRequest(), Resume);
        string file = folder.File("lora.state");
        half.Generate(TestModels.Quick, new GenerationFiles { KeepState = file }, cancellation: TestContext.Current.CancellationToken);
        ResumeState adapted = ResumeState.Load(file);
        half.Plan(adapted.ToRequest());
        Refusal.Of(whole, adapted.ToRequest(), Resume);
        Refusal.Of(pipeline, adapted.ToRequest(), Resume);

        static CogVideoXPipeline WithLora(double scale) => CogVideoXPipeline.Open(
            TestModels.Tiny2b, ComputeOptions.Default, new LoraOptions { Adapters = [new Lora(Golden.Path("lora/drift"), scale)] });
    }

    [Fact]
    public void SettingsThatChangeTheRunAreRefusedByName()
    {
        GenerationRequest rest = ResumeState.Load(Written()).ToRequest();
        Refuse(rest with { Steps = 3 }, nameof(rest.Steps), "with '2'");
        Refuse(rest with { Prompt = "a cat" }, nameof(rest.Prompt), "with 'a red circle'");
        Refuse(rest with { NegativePrompt = "blurry" }, nameof(rest.NegativePrompt), "with ''");
        Refuse(rest with { Seed = 5 }, nameof(rest.Seed), "with '42'");
        Refuse(rest with { Width = 48 }, nameof(rest.Width), "with '96'");
        Refuse(rest with { GuidanceScale = 1 }, nameof(rest.GuidanceScale), "with '6'");
        Refuse(rest with { Sampler = SamplerKind.Euler }, nameof(rest.Sampler), "with 'ddim'");
        Refuse(rest with { Strength = 0.5 }, nameof(rest.Strength), "without");
        StillImage picture = StillImage.Load(Golden.Path("pipeline/i2v-1.5.png"));
        Refuse(rest with { Image = picture }, nameof(rest.Image), "leave it out");
        Refuse(rest with { Video = VideoClip.Of([picture]) }, nameof(rest.Video), "leave it out");
        Refuse(rest with { InitLatents = new VideoLatents(new float[4], [1, 1, 1, 2, 2]) }, nameof(rest.InitLatents), "leave it out");

        void Refuse(GenerationRequest request, string property, string says) =>
            Assert.Contains(says, Refusal.Of(pipeline, request, property).Problem);
    }

    [Theory]
    [InlineData("next_step", "0")]
    [InlineData("next_step", "3")]
    [InlineData("next_step", "-1")]
    [InlineData("steps", "3")]
    [InlineData("words_used", "625")]
    [InlineData("activations", "\"BF16\"")]
    [InlineData("model", "\"\"")]
    public void NumbersThatDontFitAreRefusedByThePlan(string name, string value)
    {
        string file = Edited(about => about[name] = JsonNode.Parse(value));
        Refusal.Of(pipeline, ResumeState.Load(file).ToRequest(), Resume);
    }

    [Theory]
    [InlineData("next_step", "\"2\"")]
    [InlineData("next_step", "1e99")]
    [InlineData("seed", "-1")]
    [InlineData("words_used", "null")]
    [InlineData("kept_normal", "\"much\"")]
    [InlineData("activations", "\"float\"")]
    [InlineData("device", "[]")]
    [InlineData("model", "7")]
    public void DamagedNumbersAreRefusedByName(string name, string value) =>
        Assert.Contains($"'{name}' in it is missing or damaged", Unread(Edited(about => about[name] = JsonNode.Parse(value))));

    [Theory]
    [InlineData("steps")]
    [InlineData("seed")]
    [InlineData("kept_normal")]
    public void MissingNumbersAreRefusedByName(string name) =>
        Assert.Contains($"'{name}' in it is missing or damaged", Unread(Edited(about => about.Remove(name))));

    [Fact]
    public void TensorsThatDontFitAreRefused()
    {
        Assert.Contains("no tensor 'sampled'", Unread(Edited(tensors: list => list.RemoveAll(tensor => tensor.Name == "sampled"))));
        Assert.Contains("which no state has", Unread(Edited(tensors: list => list.Add(EditedWeights.Zeros("more", DType.F32, [1])))));
        Assert.Contains("not U32 [624]", Unread(Edited(tensors: list => Replace(list, "generator", DType.F32, [624]))));
        Assert.Contains("not F32 [1, F, C, H, W]", Unread(Edited(tensors: list => Replace(list, "sampled", DType.F32, [1, 3]))));
        Assert.Contains("not F32 [1, F, C, H, W]", Unread(Edited(tensors: list => Replace(list, "sampled", DType.I32, [1, 3, 4, 8, 12]))));
        byte[] nan = new byte[3 * 4 * 8 * 12 * 4];
        BitConverter.TryWriteBytes(nan.AsSpan(40), float.NaN);
        Assert.Contains("holds NaN", Unread(Edited(tensors: list =>
        {
            list.RemoveAll(tensor => tensor.Name == "sampled");
            list.Add(EditedWeights.Of("sampled", DType.F32, [1, 3, 4, 8, 12], nan));
        })));
        Refuse("are [1, 3, 4, 8, 8]", list => Replace(list, "sampled", DType.F32, [1, 3, 4, 8, 8]));
        Refuse("no state of a generator", list => Replace(list, "generator", DType.U32, [624]));
        Refuse("no state of a generator", list => Replace(list, "generator", DType.U32, [5]));
        Refuse("'before'", list => list.Add(EditedWeights.Zeros("history.before", DType.F32, [1, 3, 4, 8, 12])));
        Refuse("whether there is a picture", list => list.Add(EditedWeights.Zeros("image_latents", DType.F32, [1, 3, 4, 8, 12])));

        void Refuse(string says, Action<List<TensorSource>> change) =>
            Assert.Contains(says, Refusal.Of(pipeline, ResumeState.Load(Edited(tensors: change)).ToRequest(), Resume).Problem);
    }

    [Fact]
    public void OtherFilesAreRefused()
    {
        string text = folder.File("notes.txt"), latents = folder.File("latents.safetensors");
        File.WriteAllText(text, "not a state");
        var files = new GenerationFiles { SaveLatents = latents };
        pipeline.Generate(TestModels.Quick, files, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("isn't the state of a run", Unread(latents));
        Assert.Contains("notes.txt", Unread(text));
        Unread(folder.File("missing"));
        Unread(folder.Path);
        Unread("");
    }

    [Fact]
    public void ASpoiledNumberIsNoticed()
    {
        byte[] whole = File.ReadAllBytes(Written());
        foreach (int fromEnd in new[] { 1, 700, 2500, 3000 })
        {
            byte[] spoiled = [.. whole];
            spoiled[^fromEnd] ^= 1;
            File.WriteAllBytes(folder.File("spoiled.state"), spoiled);
            Assert.Contains("aren't those that were written", Unread(folder.File("spoiled.state")));
        }
    }

    // Whatever byte of the header is spoiled: a refusal, or a state.
    [Fact]
    public void SpoiledFilesAreRefusedOrRead()
    {
        byte[] whole = File.ReadAllBytes(Written());
        string file = folder.File("spoiled.state");
        var random = new Random(15);
        for (int i = 0; i < 400; i++)
        {
            byte[] spoiled = i % 4 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int k = 0; k < 1 + i % 3 && spoiled.Length > 0; k++)
                spoiled[random.Next(Math.Min(spoiled.Length, 1500))] = (byte)random.Next(256);
            File.WriteAllBytes(file, spoiled);
            try
            {
                pipeline.Plan(ResumeState.Load(file).ToRequest());
            }
            catch (RequestException refusal)
            {
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no/such/folder/run.state")]
    public void APlaceThatCantBeWrittenIsRefusedBeforeTheRun(string path) => Refusal.Of(
        pipeline, TestModels.Quick, nameof(GenerationFiles.KeepState),
        new GenerationFiles { KeepState = path.Length == 0 ? path : folder.File(path) });

    [Fact]
    public void OneFileForTwoThingsIsRefused()
    {
        string path = folder.File("both");
        Refusal.Of(
            pipeline, TestModels.Quick, nameof(GenerationFiles.KeepState), new GenerationFiles { KeepState = path, SaveLatents = path });
        Refusal.Of(pipeline, TestModels.Quick, nameof(GenerationFiles.KeepState), new GenerationFiles { KeepState = path, Trace = path });
    }

    private static string Unread(string path)
    {
        RequestException refusal = Assert.Throws<RequestException>(() => ResumeState.Load(path));
        Assert.Equal("path", refusal.Property);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Problem;
    }

    private static void Replace(List<TensorSource> tensors, string name, DType type, Shape shape)
    {
        tensors.RemoveAll(tensor => tensor.Name == name);
        tensors.Add(EditedWeights.Zeros(name, type, shape));
    }

    // The state after the last of two steps.
    private string Written()
    {
        var files = new GenerationFiles { KeepState = folder.File("run.state") };
        if (!File.Exists(files.KeepState))
            pipeline.Generate(TestModels.Quick, files, cancellation: TestContext.Current.CancellationToken);
        return files.KeepState;
    }

    private string Edited(Action<JsonObject>? about = null, Action<List<TensorSource>>? tensors = null)
    {
        string file = Written(), edited = folder.File("edited.state");
        using SafetensorsFile state = SafetensorsFile.Open(file);
        JsonObject numbers = JsonNode.Parse(state.Metadata[About])!.AsObject();
        about?.Invoke(numbers);
        List<TensorSource> list = [.. state.Names.Select(name => TensorSource.Of(name, state[name]))];
        tensors?.Invoke(list);
        if (tensors is not null)
            numbers[StateFile.Checksum] = StateFile.ChecksumOf(list);
        SafetensorsWriter.Write(edited, list, new Dictionary<string, string>
        {
            [Settings] = state.Metadata[Settings],
            [About] = numbers.ToJsonString(),
        });
        return edited;
    }
}
