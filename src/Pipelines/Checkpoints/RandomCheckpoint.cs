using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Checkpoints;

/// <summary>
/// A checkpoint of a known architecture with random weights, for tests and timing. The weights' names and shapes come from the
/// models themselves, which are asked what they would read.
/// </summary>
internal static class RandomCheckpoint
{
    /// <summary>The architectures there are.</summary>
    public static IReadOnlyList<string> Presets => Preset.Names;

    /// <summary>Writes a whole folder; it appears under its name only when it is whole.</summary>
    /// <param name="preset">One of <see cref="Presets"/>.</param>
    /// <param name="folder">Where; it must not exist yet, or be empty.</param>
    /// <param name="seed">The same seed gives the same bytes.</param>
    /// <param name="layers">Blocks of the transformer and of the text encoder; null for as many as the architecture has.</param>
    /// <param name="progress">Told the bytes written and the bytes in all.</param>
    /// <param name="cancellation">Stops between tensors; nothing is left behind.</param>
    /// <exception cref="RequestException">
    /// No such preset, layers that it doesn't have, or a folder that is taken or can't be made.
    /// </exception>
    public static void Write(
        string preset, string folder, ulong seed, int? layers = null, IProgress<(long Done, long Total)>? progress = null,
        CancellationToken cancellation = default)
    {
        CheckPreset(preset);
        PathCheck.Check(nameof(folder), folder);
        string target = Target(folder);
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new RequestException(nameof(folder), $"{target} exists already; choose a new folder, or remove it first.");
        OutputChecks.Check(nameof(folder), Path.Combine(Path.GetDirectoryName(target) ?? "/", "model_index.json"));
        using WorkFolder work = WorkFolder.Create(Path.GetDirectoryName(target) ?? "/");
        string partial = work[Path.GetFileName(target)];
        new Preset(preset).WriteConfigs(partial, layers);
        WriteWeights(partial, seed, progress, cancellation);
        if (!FreeName.TryTakeForFolder(target, partial))
        {
            throw new RequestException(
                    nameof(folder), $"{target} has come to exist since the start; choose a new folder, or remove it first.");
        }
    }

    // A link to an empty folder stays, and the folder is filled.
    private static string Target(string folder)
    {
        try
        {
            return RealPath.Of(folder);
        }
        catch (IOException exception)
        {
            throw new RequestException(nameof(folder), $"{folder} can't be made: {exception.Message}.", exception);
        }
    }

    /// <summary>Writes a folder for plans: configs, and files of weights with all but their elements.</summary>
    /// <param name="preset">One of <see cref="Presets"/>.</param>
    /// <param name="folder">Where; it must not exist yet.</param>
    /// <param name="layers">Blocks of the transformer and of the text encoder; null for as many as the architecture has.</param>
    /// <exception cref="RequestException">No such preset, or layers that it doesn't have.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void WriteHollow(string preset, string folder, int? layers)
    {
        CheckPreset(preset);
        new Preset(preset).WriteConfigs(folder, layers);
        foreach (WeightFile file in FilesOf(folder))
        {
            IEnumerable<TensorSource> tensors =
                file.Shapes.Select(entry => new TensorSource(entry.Key, file.Type, entry.Value, NoElements));
            SafetensorsWriter.WriteHollow(Path.Combine(folder, file.Name), tensors);
        }

        static void NoElements(long first, Span<byte> destination) => throw new InvalidOperationException("A hollow file has no elements.");
    }

    private static void CheckPreset(string preset)
    {
        if (!Preset.Names.Contains(preset))
            throw new RequestException(nameof(preset), $"there is no preset '{preset}'; there are {string.Join(", ", Preset.Names)}.");
    }

    private static void WriteWeights(
        string folder, ulong seed, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
    {
        WeightFile[] files = FilesOf(folder);
        long done = 0, total = files.Sum(file => file.Shapes.Sum(entry => entry.Value.Count * file.Type.Size));
        CheckRoom(folder, total);
        foreach (WeightFile file in files)
        {
            IEnumerable<TensorSource> tensors = file.Shapes.Select(entry => Source(entry.Key, entry.Value, file.Type));
            SafetensorsWriter.Write(Path.Combine(folder, file.Name), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        }

        TensorSource Source(string name, Shape shape, DType stored)
        {
            var weights = new RandomWeights(name, shape, stored, seed);
            return new TensorSource(name, stored, shape, (first, destination) =>
            {
                cancellation.ThrowIfCancellationRequested();
                weights.Fill(first, destination);
                done += destination.Length;
                progress?.Report((done, total));
            });
        }
    }

    private static WeightFile[] FilesOf(string folder)
    {
        var transformer = TransformerConfig.Read(Path.Combine(folder, "transformer", "config.json"));
        var vae = VaeConfig.Read(Path.Combine(folder, "vae", "config.json"));
        var text = T5Config.Read(Path.Combine(folder, "text_encoder", "config.json"));
        DType textType = StoredType(text);
        DType type = textType == DType.F32 ? DType.BF16 : textType; // CogVideoX 1.5: only the text encoder was released in fp32
        return
        [
            new(
                "transformer/diffusion_pytorch_model.safetensors", type,
                ShapesOf(weights => _ = new CogVideoXTransformer(weights, transformer))),
            new("vae/diffusion_pytorch_model.safetensors", type, ShapesOf(weights => new CogVideoXVae(weights, vae).Build())),
            new("text_encoder/model.safetensors", textType, ShapesOf(weights => _ = new T5Encoder(weights, text))),
        ];
    }

    private static void CheckRoom(string folder, long bytes)
    {
        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes)
        {
            throw new RequestException(
                nameof(folder),
                $"the checkpoint takes {ByteSize.ToText(bytes)}, and {ByteSize.ToText(free)} are free there; choose another disk.");
        }
    }

    private static List<KeyValuePair<string, Shape>> ShapesOf(Action<WeightReader> build)
    {
        using Ops ops = Ops.Planning();
        var list = new WeightList(ops, DType.F32);
        build(new WeightReader(list));
        return [.. list.Shapes];
    }

    // The text encoder's config is the one that names the type that a checkpoint was released in.
    private static DType StoredType(T5Config config) => config.StoredType switch
    {
        "float16" => DType.F16,
        "bfloat16" => DType.BF16,
        _ => DType.F32,
    };

    /// <summary>A file of weights, all of one type.</summary>
    private sealed record WeightFile(string Name, DType Type, IReadOnlyList<KeyValuePair<string, Shape>> Shapes);
}
