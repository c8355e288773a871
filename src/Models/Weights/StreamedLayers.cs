using System.Globalization;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// Weights of a list of layers of which the device holds two at a time, in two slots as large as the largest layer: while one computes, the
/// next one's are copied into the other slot, from the mapped file. The tensors of a layer are views of its slot and mean something from
/// <see cref="Enter"/> on until the next layer is entered.
/// </summary>
/// <remarks>
/// Both waits are the device's: a copy waits until the work of the layer that had the slot before is done, and a layer's work until its
/// copy is. What the device doesn't compute with as it is stored (8-bit floats, blocks, F64) isn't taken: it
/// would be converted at each step; nor are 8-bit floats with factors.
/// </remarks>
internal sealed class StreamedLayers
{
    private const int SlotCount = 2, MostLayers = 1024; // as configs may have
    private const long Alignment = 256; // of an allocation by CUDA

    private readonly Ops ops;
    private readonly string list;
    private readonly Layer[] layers;
    private readonly Slot[] slots;
    private int current = -1; // the layer that was entered last

    /// <param name="ops">Where the model computes; its device holds weights.</param>
    /// <param name="files">All weights of the model.</param>
    /// <param name="list">What the keys of its layers begin with, with a dot at its end.</param>
    public StreamedLayers(Ops ops, WeightFiles files, string list)
    {
        this.ops = ops;
        this.list = list;
        var bytes = new Dictionary<int, long>();
        foreach (string key in files.Names)
        {
            if (StoredWeights.TryFind(files, ops, key, out Tensor tensor) && Takes(key, tensor, out int layer))
                bytes[layer] = bytes.GetValueOrDefault(layer) + Aligned(tensor.Bytes);
        }
        layers = [.. Enumerable.Range(0, bytes.Count == 0 ? 0 : bytes.Keys.Max() + 1).Select(_ => new Layer())];
        long largest = bytes.Values.DefaultIfEmpty().Max();
        slots = [.. Enumerable.Range(0, Math.Min(SlotCount, bytes.Count)).Select(_ => new Slot(ops.Block(largest), ops.Mark()))];
    }

    /// <summary>The memory of the device that the layers share: to be released where the model is let go.</summary>
    public IEnumerable<Tensor> Slots => slots.Select(slot => slot.Memory);

    /// <summary>Gives a weight its place in the slot of its layer.</summary>
    /// <param name="key">Its full name.</param>
    /// <param name="stored">Where it is mapped.</param>
    /// <param name="placed">Where it will be on the device.</param>
    /// <returns>Whether it is a layer's.</returns>
    public bool TryPlace(string key, Tensor stored, out Tensor placed)
    {
        placed = default;
        if (!Takes(key, stored, out int number))
            return false;
        Layer layer = layers[number];
        if (layer.Known.TryGetValue(key, out placed))
            return true;
        placed = Ops.Part(slots[number % SlotCount].Memory, layer.Bytes, stored.Shape, stored.Type);
        layer.Bytes += Aligned(stored.Bytes);
        layer.Weights.Add((stored, placed));
        layer.Known.Add(key, placed);
        return true;
    }

    /// <summary>Begins to bring a layer's weights, if they aren't there, and has its work wait for them.</summary>
    /// <param name="of">The list.</param>
    /// <param name="number">The layer.</param>
    public void Enter(string of, int number)
    {
        if (of != list || number >= layers.Length)
            return;
        if (current >= 0)
            slots[current % SlotCount].Used = ops.Mark();
        current = number;
        Slot slot = slots[number % SlotCount];
        if (slot.Layer == number)
            return;
        slot.Layer = -1;
        foreach ((Tensor stored, Tensor placed) in layers[number].Weights)
            ops.CopyBeside(stored, placed, slot.Used);
        ops.JoinCopies();
        slot.Layer = number;
    }

    // transformer_blocks.12.norm1.linear.weight → 12
    private bool Takes(string key, Tensor tensor, out int layer)
    {
        layer = 0;
        int end = key.StartsWith(list, StringComparison.Ordinal) ? key.IndexOf('.', list.Length) : -1;
        return end > 0 && ops.ReadsWeights(tensor.Type) && !tensor.IsScaled && !StoredWeights.IsConverted(tensor)
            && int.TryParse(key.AsSpan(list.Length..end), NumberStyles.None, CultureInfo.InvariantCulture, out layer)
            && layer < MostLayers;
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private sealed class Layer
    {
        public Dictionary<string, Tensor> Known { get; } = [];

        public List<(Tensor Stored, Tensor Placed)> Weights { get; } = [];

        public long Bytes { get; set; }
    }

    /// <param name="memory">As large as the largest layer.</param>
    /// <param name="used">Behind the last work with what lies in it.</param>
    private sealed class Slot(Tensor memory, DeviceMark used)
    {
        public Tensor Memory => memory;

        public DeviceMark Used { get; set; } = used;

        /// <summary>Which layer is in it; −1 for none.</summary>
        public int Layer { get; set; } = -1;
    }
}
