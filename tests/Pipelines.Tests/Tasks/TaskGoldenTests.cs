using System.Runtime.InteropServices;
using System.Text.Json;
using CogVideoX.Pipelines.Media;
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
        using var pipeline = CogVideoXPipeline.Open(
            model, new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Fp32 }, LorasOf(golden));
        int rows = RowsOf(golden);
        for (int row = 0; row < rows; row++)
        {
            GenerationRequest request = Request(golden, row, PictureOf(folder, name, row), goldens);
            var comparison = new RowComparison(name, goldens, row, rows, request.GuidanceScale > 1);
            pipeline.StageObserver = (stage, tensor) => comparison.Compare(stage, tensor, Agree.Module);
            pipeline.OutputObserver = (step, prediction) => comparison.Compare($"noise_pred.{step}", prediction, Agree.Pipeline);
            var files = new GenerationFiles { Trace = temporary.File($"trace{row}.safetensors") };
            GenerationResult result = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
            using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
            foreach (string kept in trace.Names)
                comparison.Compare(kept, trace[kept], Agree.Pipeline);
            output.WriteLine($"{run}: {comparison.Finish(result.Video)}");
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
            using var pipeline = CogVideoXPipeline.Open(Golden.Path("checkpoints/1.5-i2v"));
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
        using var pipeline = CogVideoXPipeline.Open(Golden.Path("checkpoints/1.5"));
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
                bool isBatch = name is "batch-one-generator" or "batch-list" or "batch-dpm-one-generator" or "batch-dpm-list"
                    or "batch-negatives" or "batch-v2v-one-generator" or "batch-v2v-list" or "batch-single-first";
                bool hasFiles = File.Exists(RunFile(folder, name, "safetensors"))
                    && (!name.Contains("i2v", StringComparison.Ordinal) || File.Exists(PictureOf(folder, name, 0)));
                bool isText = name.StartsWith("text-", StringComparison.Ordinal); // TextGoldenTests
                if ((isTask || isBatch) && !isText && hasFiles)
                    yield return (folder, golden.Clone());
            }
        }
    }

    private static string RunFile(string folder, string name, string ending) =>
        Path.Combine(Goldens, folder, folder == "tasks" ? "runs" : "", $"{name}.{ending}");

    // Pictures of a batch are shared by its two runs.
    private static string PictureOf(string folder, string name, int row) =>
        RunFile(folder, name.Contains("-two-", StringComparison.Ordinal) ? $"i2v-1.5-two.{row}" : name, "png");

    private static int RowsOf(JsonElement golden) =>
        golden.GetProperty("prompt") is { ValueKind: JsonValueKind.Array } prompts ? prompts.GetArrayLength() : 1;

    private static string TextOf(JsonElement golden, string key, int row) => !golden.TryGetProperty(key, out JsonElement text) ? ""
        : text.ValueKind == JsonValueKind.Array ? text[row].GetString()!
        : text.GetString()!;

    private static GenerationRequest Request(JsonElement golden, int row, string picture, SafetensorsFile goldens)
    {
        bool hasOneGenerator = RowsOf(golden) > 1 && !golden.TryGetProperty("seeds", out _);
        string checkpoint = golden.GetProperty("checkpoint").GetString()!;
        bool isInverted = checkpoint.Contains("1.5", StringComparison.Ordinal) && !golden.TryGetProperty("vae_config", out _);
        bool hasPicture = checkpoint.EndsWith("i2v", StringComparison.Ordinal);
        const double ScalingFactor = 0.7;
        return new GenerationRequest(TextOf(golden, "prompt", row))
        {
            NegativePrompt = TextOf(golden, "negative_prompt", row),
            Seed = golden.TryGetProperty("seeds", out JsonElement seeds) ? seeds[row].GetUInt64() : golden.GetProperty("seed").GetUInt64(),
            BatchSize = hasOneGenerator ? RowsOf(golden) : null,
            BatchRow = hasOneGenerator ? row : null,
            Steps = golden.GetProperty("num_inference_steps").GetInt32(),
            GuidanceScale = golden.GetProperty("guidance_scale").GetDouble(),
            Frames = golden.TryGetProperty("num_frames", out JsonElement frames) ? frames.GetInt32() : null,
            Height = golden.GetProperty("height").GetInt32(),
            Width = golden.GetProperty("width").GetInt32(),
            DynamicGuidance = golden.TryGetProperty("use_dynamic_cfg", out JsonElement dynamic) && dynamic.GetBoolean(),
            Sampler = SamplerOf(golden),
            MaxSequenceLength = golden.TryGetProperty("max_sequence_length", out JsonElement length) ? length.GetInt32() : null,
            Strength = golden.TryGetProperty("strength", out JsonElement strength) ? strength.GetDouble() : null,
            AnySize = true,
            Image = hasPicture ? StillImage.Load(picture) : null,
            Fit = hasPicture ? ImageFit.Stretch : null,
            ImageLatentScale = hasPicture ? isInverted ? 1 / ScalingFactor : ScalingFactor : null,
            Video = goldens.TryGet("input_video", out Tensor video) ? Clip(video, golden, row) : null,
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

    // [F, H, W, 3], or [B, F, H, W, 3] of a batch
    private static VideoClip Clip(Tensor video, JsonElement golden, int row)
    {
        var size = new PixelSize(golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32());
        int[] shape = [.. video.Shape];
        (int frames, int height, int width) = (shape[^4], shape[^3], shape[^2]);
        int length = 3 * height * width;
        byte[] bytes = video.AsReadOnlySpan<byte>().Slice(row * frames * length, frames * length).ToArray();
        return VideoClip.Of([.. Enumerable.Range(0, frames).Select(i => new StillImage(
            bytes[(i * length)..((i + 1) * length)], height, width).FittedTo(size, ImageFit.Stretch))]);
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
}
