using System.Runtime.InteropServices;
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
    private const string Cpu = "cpu3", Apart = "apart";

    private static readonly string[] Shortest = ["pipeline/i2v-1.5", "pipeline/v2v-5b"];

    // One of each task, and of each model that has it.
    private static readonly string[] Emulated =
        ["pipeline/i2v-5b", "pipeline/i2v-1.5", "pipeline/v2v-5b", "tasks/v2v-2b-ddim-0.5", "tasks/v2v-1.5-frames5-dpm"];

    public static TheoryData<string, string> Runs()
    {
        var runs = new TheoryData<string, string>();
        foreach (string run in Cases().Select(golden => golden.Run))
        {
            runs.Add(run, Cpu);
            if (EachDevice.IsEverythingEmulated || Shortest.Contains(run))
                runs.Add(run, Apart);
            if (EachDevice.IsEverythingEmulated && Emulated.Contains(run))
                runs.Add(run, EachDevice.Emulator);
        }
        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void AgreesAtEveryStageAndInTheFrames(string run, string device)
    {
        GoldenCase golden = Cases().Single(golden => golden.Run == run);
        using SafetensorsFile goldens = golden.Open();
        using var temporary = new TemporaryFolder();
        string model = golden.Checkpoint;
        if (golden.Find("replaces") is not null)
            model = WithPositions(temporary, model, goldens["pos_embedding"]);
        using var pipeline = CogVideoXPipeline.Open(
            model, new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Fp32 }, LorasOf(golden));
        for (int row = 0; row < golden.Rows; row++)
        {
            GenerationRequest request = golden.Request(row);
            if (goldens.TryGet("input_video", out Tensor video))
                request = request with { Video = Clip(video, golden, row) };
            var comparison = new RowComparison(golden.Name, goldens, row, golden.Rows, request.GuidanceScale > 1);
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

    private static IEnumerable<GoldenCase> Cases() =>
        GoldenCase.AllOf(GoldenCase.Pipeline).Concat(GoldenCase.AllOf(GoldenCase.Tasks)).Where(IsHere);

    // Other classes have those of samplers, texts, caches and adapters. The latents of Euler's video to video are in another frame.
    private static bool IsHere(GoldenCase golden)
    {
        string name = golden.Name;
        bool isTask = name.Contains("i2v", StringComparison.Ordinal) || name.StartsWith("v2v", StringComparison.Ordinal)
            || name is "sampler-v2v-5b-unipc" or "sampler-v2v-5b-dpmsolver++_2m"
            || (name.Contains("1.5", StringComparison.Ordinal) && !name.StartsWith("text-", StringComparison.Ordinal));
        bool isBatch = name.StartsWith("batch-", StringComparison.Ordinal);
        return (isTask || isBatch) && golden.HasFiles;
    }

    private static LoraOptions LorasOf(GoldenCase golden) => golden.Name == "lora-i2v-zoom"
        ? new LoraOptions { Adapters = [new Lora(Golden.Path("lora/zoom"), 0.9)] }
        : LoraOptions.None;

    // [F, H, W, 3], or [B, F, H, W, 3] of a batch
    private static VideoClip Clip(Tensor video, GoldenCase golden, int row)
    {
        var size = new PixelSize(golden.Get("height").GetInt32(), golden.Get("width").GetInt32());
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
