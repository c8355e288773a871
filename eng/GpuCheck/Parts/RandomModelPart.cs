using System.Diagnostics;
using System.Text.Json.Nodes;
using CogVideoX.Gpu;
using CogVideoX.Pipelines;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>A released architecture with random weights at its own size, in bf16: two steps and the decoding, scaled to 50 steps.</summary>
internal static class RandomModelPart
{
    private const int Steps = 2, ScaledSteps = 50;

    public static void Run(CheckOptions options)
    {
        var results = new Results(options.Out, "random");
        string preset = options.IsTiny ? "tiny" : options.Text("preset", "5b");
        var line = new JsonObject { ["device"] = options.Device, ["type"] = "BF16", ["preset"] = preset, ["steps"] = Steps };
        try
        {
            Measure(options, preset, line);
        }
        catch (Exception exception)
        {
            (line["ok"], line["failure"]) = (false, exception.Message);
        }
        results.Add(line);
    }

    private static void Measure(CheckOptions options, string preset, JsonObject line)
    {
        var compute = new ComputeOptions { Device = GpuDevices.Find(options.Device), Compute = ComputeType.Bf16 };
        var clock = Stopwatch.StartNew();
        using var pipeline = CogVideoXPipeline.OpenRandom(preset, layers: options.IsTiny ? 1 : null, compute);
        var request = new GenerationRequest("a panda plays a guitar in a bamboo forest") { Steps = Steps, GuidanceScale = 6 };
        if (options.IsTiny)
            request = request with { Steps = 1, Frames = 1, Width = 16, Height = 16, GuidanceScale = 1 };
        GenerationPlan plan = pipeline.Plan(request);
        // A first step makes the weights and compiles the kernels.
        GenerationResult first = pipeline.Generate(request with { Steps = 1, Frames = request.Frames ?? 9 });
        line["first_seconds"] = clock.Elapsed.TotalSeconds;
        line["first_frames"] = first.Video.Count;
        GenerationResult made = pipeline.Generate(request);
        var seconds = new JsonObject();
        foreach (StageTime time in made.Times)
            seconds[time.Stage] = Math.Round(time.Elapsed.TotalSeconds, 3);
        long peak = made.Times.Max(time => time.PeakBytes), planned = plan.Stages.Max(stage => stage.PeakBytes);
        double[] each = [.. made.Times.Select(time => time.Elapsed.TotalSeconds)];
        int steps = made.Settings.Steps ?? Steps;
        line["frames"] = $"{made.Video.Count} of {made.Video.Width}×{made.Video.Height}";
        line["seconds"] = seconds;
        line["memory"] = $"{ByteSize.ToText(peak)}, planned {ByteSize.ToText(planned)}";
        line["seconds_of_50_steps"] = each[0] + each[1] * ScaledSteps / steps + each[2];
        line["ok"] = peak <= planned && made.Video.Data.ToArray().All(float.IsFinite);
    }
}
