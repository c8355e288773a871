using System.Runtime.InteropServices;
using System.Text.Json;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Tests.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Tasks;

/// <summary>
/// Image to video, video to video and CogVideoX 1.5 against diffusers, by stage: whole runs of tiny checkpoints (tests/Goldens/pipeline and
/// tests/Goldens/tasks; all of both where <c>COGVIDEOX_GOLDENS</c> names the folder that has them).
/// </summary>
public sealed class TaskGoldenTests(ITestOutputHelper output)
{
    private const string Cpu = "cpu3";

    private static readonly string Goldens = Environment.GetEnvironmentVariable("COGVIDEOX_GOLDENS") ?? Golden.Path("");

    public static TheoryData<string, string> Runs()
    {
        var runs = new TheoryData<string, string>();
        foreach ((string folder, JsonElement golden) in Cases())
            runs.Add($"{folder}/{golden.GetProperty("name").GetString()}", Cpu);
        runs.Add("pipeline/i2v-1.5", "apart");
        runs.Add("pipeline/v2v-5b", "apart");
        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void AgreesAtEveryStageAndInTheFrames(string run, string device)
    {
        string name = Path.GetFileName(run);
        (string folder, JsonElement golden) = Cases().Single(entry => $"{entry.Folder}/{entry.Golden.GetProperty("name")}" == run);
        using SafetensorsFile goldens = SafetensorsFile.Open(RunFile(folder, name, "safetensors"));
        using var temporary = new TemporaryFolder();
        string model = Golden.Path(golden.GetProperty("checkpoint").GetString()!);
        if (golden.TryGetProperty("replaces", out _))
            model = WithPositions(temporary, model, goldens["pos_embedding"]);
        using var pipeline = TextToVideo.Open(
            model, new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Fp32 }, LorasOf(golden));
        GenerationRequest request = Request(golden, RunFile(folder, name, "png"), goldens);
        var compared = new HashSet<string>();
        double worstStep = 0;
        pipeline.StageObserver = (stage, tensor) => Compare(GoldenNameOf(stage), tensor, Agree.Module);
        pipeline.OutputObserver = (step, prediction) => Compare($"noise_pred.{step}", prediction, Agree.Pipeline);
        var files = new GenerationFiles { Trace = temporary.File("trace.safetensors") };
        GenerationResult result = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        foreach (string kept in trace.Names.Where(kept => goldens.TryGet(kept, out _)))
        {
            Agree.With(goldens[kept], trace[kept], $"{name} {kept}", Agree.Pipeline);
            compared.Add(kept);
        }
        string[] all = [.. goldens.Names.Where(key => IsCompared(key) && (result.Settings.IsGuided || key != "negative_prompt_embeds"))];
        Assert.Equal(all.Order(), compared.Order());
        string frames = "no frames kept";
        if (goldens.TryGet("frames", out Tensor expected))
        {
            Assert.Equal(expected.Shape[0], result.Video.Count);
            double worst = result.Video.Planes().Zip(expected.ToFloats(), (a, b) => Math.Abs((double)a - b)).Max();
            frames = $"frames {worst * 255:F4}/255";
            Assert.True(worst <= 2 / 255.0, $"{name} frames: largest difference {worst * 255:F2}/255");
        }
        output.WriteLine($"largest error of a prediction {worstStep:E1}, {frames}");

        void Compare(string stage, Tensor tensor, double tolerance)
        {
            if (!goldens.TryGet(stage, out Tensor reference))
                return;
            float[] numbers = InOrderOf(stage, tensor);
            double error = Agree.RelativeError(numbers, reference.ToFloats());
            if (stage.StartsWith("noise_pred", StringComparison.Ordinal))
                worstStep = Math.Max(worstStep, error);
            Assert.True(error <= tolerance, $"{name} {stage}: relative error {error:E2}, allowed {tolerance:E1}.");
            compared.Add(stage);
        }
    }

    // The switch changes what the transformer sees by its factor, and nothing else.
    [Fact]
    public void TheImageLatentScaleIsAFactor()
    {
        float[] once = ImageLatents(null), twice = ImageLatents(2);
        Assert.Equal(once.Select(value => 2 * value), twice);

        float[] ImageLatents(double? scale)
        {
            float[]? seen = null;
            using var pipeline = TextToVideo.Open(Golden.Path("checkpoints/1.5-i2v"));
            pipeline.StageObserver = (stage, tensor) => seen = stage == "image_latents" ? tensor.ToFloats() : seen;
            var request = new GenerationRequest("a red circle")
            {
                Steps = 1,
                Width = 48,
                Height = 32,
                Frames = 9,
                Image = StillImage.Load(Golden.Path("pipeline/i2v-1.5.png")),
                ImageLatentScale = scale,
            };
            pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken);
            return seen!;
        }
    }

    // diffusers refuses it: five latents are no whole patches. The first is repeated in front, and dropped again.
    [Fact]
    public void AnOddCountOfLatentsOf15IsPaddedInFront()
    {
        using var pipeline = TextToVideo.Open(Golden.Path("checkpoints/1.5"));
        float[]? encoded = null;
        Shape began = default;
        pipeline.StageObserver = (stage, tensor) =>
        {
            encoded = stage == "video_latents" ? tensor.ToFloats() : encoded;
            began = stage == "start_latents" ? tensor.Shape : began;
        };
        StillImage picture = StillImage.Load(Golden.Path("pipeline/i2v-1.5.png")).FittedTo(new PixelSize(32, 48));
        var request = new GenerationRequest("a red circle") { Steps = 4, Video = VideoClip.Of([.. Enumerable.Repeat(picture, 17)]) };
        GenerationResult result = pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([1, 6, 4, 4, 6], began);
        Assert.Equal(5 * 4 * 4 * 6, encoded!.Length);
        Assert.Equal(17, result.Video.Count);
        Assert.Equal(0.8, result.Settings.Strength);
    }

    private static IEnumerable<(string Folder, JsonElement Golden)> Cases()
    {
        foreach (string folder in new[] { "pipeline", "tasks" })
        {
            using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Goldens, folder, "cases.json")));
            foreach (JsonElement golden in cases.RootElement.EnumerateArray())
            {
                string name = golden.GetProperty("name").GetString()!;
                bool isTask = name.Contains("i2v", StringComparison.Ordinal) || name.StartsWith("v2v", StringComparison.Ordinal)
                    || name is "sampler-v2v-5b-unipc" or "sampler-v2v-5b-dpmsolver++_2m" // Euler's latents are in another frame
                    || name.Contains("1.5", StringComparison.Ordinal);
                bool isSingle = golden.GetProperty("prompt").ValueKind == JsonValueKind.String;
                bool isText = name.StartsWith("text-", StringComparison.Ordinal); // TextGoldenTests
                if (isTask && isSingle && !isText && File.Exists(RunFile(folder, name, "safetensors")))
                    yield return (folder, golden.Clone());
            }
        }
    }

    private static string RunFile(string folder, string name, string ending) =>
        Path.Combine(Goldens, folder, folder == "tasks" ? "runs" : "", $"{name}.{ending}");

    private static GenerationRequest Request(JsonElement golden, string picture, SafetensorsFile goldens)
    {
        string checkpoint = golden.GetProperty("checkpoint").GetString()!;
        bool isInverted = checkpoint.Contains("1.5", StringComparison.Ordinal) && !golden.TryGetProperty("vae_config", out _);
        bool hasPicture = checkpoint.EndsWith("i2v", StringComparison.Ordinal);
        const double ScalingFactor = 0.7;
        return new GenerationRequest(golden.GetProperty("prompt").GetString()!)
        {
            NegativePrompt = golden.TryGetProperty("negative_prompt", out JsonElement negative) ? negative.GetString()! : "",
            Seed = golden.GetProperty("seed").GetUInt64(),
            Steps = golden.GetProperty("num_inference_steps").GetInt32(),
            GuidanceScale = golden.GetProperty("guidance_scale").GetDouble(),
            Frames = golden.TryGetProperty("num_frames", out JsonElement frames) ? frames.GetInt32() : null,
            Height = golden.GetProperty("height").GetInt32(),
            Width = golden.GetProperty("width").GetInt32(),
            DynamicGuidance = golden.TryGetProperty("use_dynamic_cfg", out JsonElement dynamic) && dynamic.GetBoolean(),
            Sampler = SamplerOf(golden),
            Strength = golden.TryGetProperty("strength", out JsonElement strength) ? strength.GetDouble() : null,
            AnySize = true,
            Image = hasPicture ? StillImage.Load(picture) : null,
            Fit = hasPicture ? ImageFit.Stretch : null,
            ImageLatentScale = hasPicture ? isInverted ? 1 / ScalingFactor : ScalingFactor : null,
            Video = goldens.TryGet("input_video", out Tensor video) ? Clip(video, golden) : null,
        };
    }

    private static SamplerKind SamplerOf(JsonElement golden) => golden.GetProperty("scheduler").GetString() switch
    {
        "CogVideoXDPMScheduler" => SamplerKind.Dpm,
        "EulerDiscreteScheduler" => SamplerKind.Euler,
        "UniPCMultistepScheduler" => SamplerKind.UniPc,
        "DPMSolverMultistepScheduler" => SamplerKind.Dpm2M,
        _ => SamplerKind.Ddim,
    };

    private static LoraOptions LorasOf(JsonElement golden) => golden.GetProperty("name").GetString() == "lora-i2v-zoom"
        ? new LoraOptions { Adapters = [new Lora(Golden.Path("lora/zoom"), 0.9)] }
        : LoraOptions.None;

    private static VideoClip Clip(Tensor video, JsonElement golden)
    {
        var size = new PixelSize(golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32());
        byte[] bytes = video.AsReadOnlySpan<byte>().ToArray();
        int length = 3 * video.Shape[1] * video.Shape[2];
        return VideoClip.Of([.. Enumerable.Range(0, video.Shape[0]).Select(i => new StillImage(
            bytes[(i * length)..((i + 1) * length)], video.Shape[1], video.Shape[2]).FittedTo(size, ImageFit.Stretch))]);
    }

    private static string WithPositions(TemporaryFolder folder, string model, Tensor positions)
    {
        string copy = folder.CopyOf(model);
        string file = Path.Combine(copy, "transformer", "diffusion_pytorch_model.safetensors");
        byte[] bytes = MemoryMarshal.AsBytes(positions.AsReadOnlySpan<double>()).ToArray();
        EditedWeights.Edit(file, tensors => tensors["patch_embed.pos_embedding"] =
            EditedWeights.AsFloats(EditedWeights.Of("patch_embed.pos_embedding", DType.F64, positions.Shape, bytes)));
        return copy;
    }

    private static bool IsCompared(string name) => name.EndsWith("_embeds", StringComparison.Ordinal) || name is "preprocessed"
        or "image_latents" or "video_latents" or "start_latents"
        || name.StartsWith("encoded.", StringComparison.Ordinal) || name.StartsWith("noise_pred.", StringComparison.Ordinal)
        || name.StartsWith("latents.", StringComparison.Ordinal);

    private static string GoldenNameOf(string stage) => stage.Replace("encoded.", "encoded.0.");

    // The reference has the VAE's channels before frames; ours come after, of pixels last.
    private static float[] InOrderOf(string stage, Tensor ours)
    {
        int[]? order = stage == "preprocessed" ? [0, 4, 1, 2, 3]
            : stage.StartsWith("encoded.", StringComparison.Ordinal) ? [0, 2, 1, 3, 4]
            : null;
        using Ops ops = Ops.OnCpu(1);
        return order is null ? ours.ToFloats() : ops.Permute(ops.FromHost(ours.ToFloats(), ours.Shape), order).ToFloats();
    }
}
