using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>What other types cost: a written file is read back as any other, and compared with what it was made from.</summary>
internal static class LayerErrors
{
    /// <summary>Each layer's error, the worst first; layers of equal errors by name.</summary>
    /// <param name="part">What was read.</param>
    /// <param name="path">The file that was written.</param>
    /// <param name="cancellation">Stops between tensors.</param>
    /// <exception cref="WeightException">A layer has numbers that aren't finite.</exception>
    public static IReadOnlyList<LayerError> Of(InputPart part, string path, CancellationToken cancellation)
    {
        using var read = new RenewedWeights(part.Open);
        using var written = new RenewedWeights(() => WeightFiles.OpenFile(path, WeightLayouts.Translate));
        var layers = new Dictionary<string, Sums>();
        foreach ((string key, string stored) in part.Keys)
        {
            cancellation.ThrowIfCancellationRequested();
            DType type = read.Describe(stored).Type;
            if (!type.IsKernelFloat && type != DType.F64)
                continue;
            string layer = key[..Math.Max(0, key.LastIndexOf('.'))];
            if (!layers.TryGetValue(layer, out Sums? sums))
                layers.Add(layer, sums = new Sums());
            sums.Add(key, read.Get(stored), written.Get(key));
        }
        return [.. layers.Select(entry => entry.Value.Of(entry.Key))
            .OrderByDescending(error => error.RelativeRms).ThenBy(error => error.Layer, StringComparer.Ordinal)];
    }

    private sealed class Sums
    {
        private double difference, whole;
        private DType? type;

        public void Add(string key, Tensor read, Tensor written)
        {
            if (type is null || key.EndsWith(".weight", StringComparison.Ordinal))
                type = written.Type;
            IEnumerable<ReadOnlyMemory<float>> others = FloatPieces.Of(key, written);
            foreach ((ReadOnlyMemory<float> mine, ReadOnlyMemory<float> other) in FloatPieces.Of(key, read).Zip(others))
                Add(mine.Span, other.Span);
        }

        private void Add(ReadOnlySpan<float> read, ReadOnlySpan<float> written)
        {
            for (int i = 0; i < read.Length; i++)
            {
                double number = read[i], change = written[i] - number;
                whole += number * number;
                difference += change * change;
            }
        }

        public LayerError Of(string layer)
        {
            double error = difference == 0 ? 0 : Math.Sqrt(difference / whole);
            return double.IsFinite(error)
                ? new LayerError(layer, type!.Value.Name, error)
                : throw new WeightException($"{Quoted.Name(layer)} holds NaN or infinity. Use another file of the model.");
        }
    }
}
