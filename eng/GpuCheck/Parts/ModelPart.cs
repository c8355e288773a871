using System.Diagnostics;
using System.Text.Json.Nodes;
using CogVideoX.Gpu;
using CogVideoX.Judge;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>The bundled model from a prompt to frames: on the device in each type, and on the CPU.</summary>
internal static class ModelPart
{
    private const int Runs = 2; // the first compiles kernels

    public static void Run(CheckOptions options)
    {
        var results = new Results(options.Out, "model");
        string folder = Path.Combine(options.Bundle, "models", "shapes");
        GenerationRequest request = Request(options.IsTiny);
        VideoFrames expected;
        using (var pipeline = CogVideoXPipeline.Open(folder, new ComputeOptions()))
        {
            GenerationResult made = pipeline.Generate(request);
            expected = made.Video;
            results.Add(Described("cpu", "F32", 1, made, null));
        }
        // Without graphs first: one that fails there has failed without them.
        GraphUse[] graphs = options.IsTiny ? [GraphUse.Auto] : [GraphUse.Off, GraphUse.Auto];
        VideoFrames? first = null;
        foreach ((DType type, GraphUse graph) in options.Types.SelectMany(type => graphs.Select(graph => (type, graph))))
        {
            if (graph == graphs[0])
                first = null;
            try
            {
                Try(type, graph);
            }
            catch (Exception exception)
            {
                results.Add(new JsonObject
                {
                    ["device"] = options.Device,
                    ["type"] = type.Name,
                    ["graph"] = graph.ToString(),
                    ["ok"] = false,
                    ["failure"] = exception.Message,
                });
            }
        }

        void Try(DType type, GraphUse graph)
        {
            var clock = Stopwatch.StartNew();
            var compute = new ComputeOptions { Device = GpuDevices.Find(options.Device), Compute = Of(type), Graph = graph };
            using var pipeline = CogVideoXPipeline.Open(folder, compute);
            double opened = clock.Elapsed.TotalSeconds;
            for (int run = 1; run <= (options.IsTiny ? 1 : Runs); run++)
            {
                GenerationResult made = pipeline.Generate(request);
                Add(made, run, opened);
                if (run == 1 && graph == graphs[0])
                    made.Save(Path.Combine(options.Out, $"frames-{type.Name}.png"), overwrite: true);
            }
            if (graph != graphs[0])
                return;
            clock.Restart();
            using var layers = CogVideoXPipeline.Open(folder, compute with { Weights = WeightPlacement.Layers });
            opened = clock.Elapsed.TotalSeconds;
            Add(layers.Generate(request), run: 1, opened); // copies on a second stream, and waits between the two

            void Add(GenerationResult made, int run, double opened)
            {
                JsonObject line = Described(options.Device, type.Name, run, made, expected);
                line["open_seconds"] = opened;
                line["graph"] = made.Graph is { } recorded ? $"{recorded.Launches} launches, {recorded.Replays} replays" : "none";
                line["weights"] = made.Weights.ToString();
                if (first is not null)
                {
                    bool isSame = first.Data.Span.SequenceEqual(made.Video.Data.Span);
                    line["same_bits_as_first_run"] = isSame;
                    line["ok"] = isSame && line["ok"]!.GetValue<bool>();
                }
                first ??= made.Video;
                results.Add(line);
            }
        }
    }

    private static GenerationRequest Request(bool isTiny)
    {
        var request = new GenerationRequest("a red triangle moving right on a black background") { Seed = 100 };
        return isTiny ? request with { Steps = 1, Frames = 1, Width = 16, Height = 16, GuidanceScale = 1 } : request;
    }

    private static ComputeType Of(DType type) =>
        type == DType.F32 ? ComputeType.Fp32 : type == DType.F16 ? ComputeType.Fp16 : ComputeType.Bf16;

    private static JsonObject Described(string device, string type, int run, GenerationResult made, VideoFrames? expected)
    {
        var clip = new Clip(made.Video.Height, made.Video.Width);
        for (int i = 0; i < made.Video.Count; i++)
            clip.Add(made.Video.Frame(i).Span);
        var stages = new JsonObject();
        foreach (StageTime time in made.Times)
            stages[time.Stage] = Math.Round(time.Elapsed.TotalSeconds, 4);
        var line = new JsonObject
        {
            ["device"] = device,
            ["type"] = type,
            ["run"] = run,
            ["prompt"] = made.Settings.Prompt,
            ["steps"] = made.Settings.Steps,
            ["frames"] = $"{made.Video.Count} of {made.Video.Width}×{made.Video.Height}",
            ["seconds"] = stages,
            ["judge"] = ClipJudge.Read(clip).ToString(),
        };
        if (expected is null)
            return line;
        (double worst, double psnr) = Difference(made.Video, expected);
        line["largest_of_255"] = worst * 255;
        line["psnr"] = Results.Number(psnr);
        line["ok"] = type == "F32" ? worst <= 2 / 255.0 : psnr >= 30; // dB: what bf16 is from fp32 in the reference is 39
        return line;
    }

    private static (double Worst, double Psnr) Difference(VideoFrames actual, VideoFrames expected)
    {
        double worst = 0, squares = 0;
        ReadOnlySpan<float> a = actual.Data.Span, b = expected.Data.Span;
        if (a.Length != b.Length)
            return (double.PositiveInfinity, 0);
        for (int i = 0; i < a.Length; i++)
        {
            double difference = Math.Abs((double)a[i] - b[i]);
            worst = Math.Max(worst, difference);
            squares += difference * difference;
        }
        return (worst, -10 * Math.Log10(squares / a.Length));
    }
}
