using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Tests.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Tasks;

/// <summary>What one run computes against the row of a golden run that is its own; a run that isn't a batch has one row.</summary>
internal sealed class RowComparison(string name, SafetensorsFile goldens, int row, int rows, bool isGuided)
{
    private readonly HashSet<string> compared = [];
    private readonly SortedDictionary<string, double> worst = new(StringComparer.Ordinal); // by kind of stage

    /// <summary>Compares a stage, where the golden has it.</summary>
    public void Compare(string stage, Tensor tensor, double tolerance)
    {
        string key = stage.Replace("encoded.", $"encoded.{row}.", StringComparison.Ordinal);
        if (!goldens.TryGet(key, out Tensor reference))
            return;
        double error = Agree.RelativeError(InOrderOf(stage, tensor), RowOf(key, reference));
        string kind = stage.Split('.')[0];
        worst[kind] = Math.Max(worst.GetValueOrDefault(kind), error);
        Assert.True(error <= tolerance, $"{name} {key}, row {row}: relative error {error:E2}, allowed {tolerance:E1}.");
        compared.Add(key);
    }

    /// <summary>Compares the frames, if there are any, and finds stages that were left out.</summary>
    /// <returns>The largest errors.</returns>
    public string Finish(VideoFrames video)
    {
        Assert.Equal(goldens.Names.Where(IsDue).Order(), compared.Order());
        string frames = "no frames kept";
        if (goldens.TryGet("frames", out Tensor expected))
        {
            float[] own = RowOf("frames", expected);
            Assert.Equal(own.Length, video.Planes().Length);
            double difference = video.Planes().Zip(own, (a, b) => Math.Abs((double)a - b)).Max();
            frames = $"frames {difference * 255:F4}/255";
            Assert.True(difference <= 2 / 255.0, $"{name} frames, row {row}: largest difference {difference * 255:F2}/255");
        }
        return $"{string.Join(", ", worst.Select(entry => $"{entry.Key} {entry.Value:E1}"))}; {frames}";
    }

    // Each row has a tensor of its own, or a part of one; of the transformer's outputs the unconditional ones come first.
    private float[] RowOf(string key, Tensor reference)
    {
        float[] all = reference.ToFloats();
        if (rows == 1 || key.StartsWith("encoded.", StringComparison.Ordinal))
            return all;
        bool isPrediction = key.StartsWith("noise_pred.", StringComparison.Ordinal);
        int length = all.Length / (isPrediction && isGuided ? 2 * rows : rows);
        float[] own = all[(row * length)..((row + 1) * length)];
        return isPrediction && isGuided ? [.. own, .. all[((rows + row) * length)..((rows + row + 1) * length)]] : own;
    }

    private bool IsDue(string key) => (key.EndsWith("_embeds", StringComparison.Ordinal) && (isGuided || key != "negative_prompt_embeds"))
        || key is "preprocessed" or "image_latents" or "video_latents" or "start_latents"
        || key.StartsWith($"encoded.{row}.", StringComparison.Ordinal)
        || key.StartsWith("noise_pred.", StringComparison.Ordinal) || key.StartsWith("latents.", StringComparison.Ordinal);

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
