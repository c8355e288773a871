using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace CogVideoX.Pipelines;

/// <summary>
/// A <see cref="ResumeState"/> in a safetensors file: <c>sampled</c> F32 [1, F, C, H, W] at the noise level of the step that follows,
/// <c>history.NAME</c> of the same shape, <c>image_latents</c> where there is a picture, embeddings where they were given,
/// <c>generator</c> U32 [624]; the settings where videos have them, numbers and names beside them.
/// </summary>
internal static class StateFile
{
    private const string Key = "cogvideox_state", Latents = "sampled", History = "history.", Image = "image_latents", Words = "generator";
    private const string Products = "products"; // absent for fp32
    internal const string Checksum = "sha256";
    private const int MaxDepth = 4;
    private const int HashedAtOnce = 1 << 16; // elements

    /// <exception cref="OutputException">The disk is full, or the folder went away since it was checked.</exception>
    public static void Write(string path, ResumeState state)
    {
        SamplingState sampling = state.Sampling;
        byte[] words = MemoryMarshal.AsBytes<uint>([.. sampling.Generator.Words]).ToArray();
        var tensors = new List<TensorSource>
        {
            Source(Latents, sampling.Latents),
            new(Words, DType.U32, [sampling.Generator.Words.Count], (first, bytes) => Copy(words, first, bytes)),
        };
        tensors.AddRange(sampling.History.Select(entry => Source(History + entry.Key, entry.Value)));
        if (state.ImageLatents is { } image)
            tensors.Add(Source(Image, image));
        if (state.Text is { } text)
        {
            tensors.Add(Source(EmbedsFile.Prompt, new KeptTensor(text.Prompt.ToArray(), text.Shape)));
            if (text.HasNegative)
                tensors.Add(Source(EmbedsFile.Negative, new KeptTensor(text.Negative.ToArray(), text.Shape)));
        }
        var about = new JsonObject
        {
            [Checksum] = ChecksumOf(tensors),
            ["next_step"] = sampling.NextStep,
            ["steps"] = sampling.Steps,
            ["seed"] = sampling.Generator.Seed,
            ["words_used"] = sampling.Generator.Used,
            ["kept_normal"] = sampling.Generator.KeptNormal?.ToString("R", CultureInfo.InvariantCulture),
            ["model"] = state.Place.Model,
            ["activations"] = state.Place.Activations.Name,
            ["device"] = state.Place.Device,
        };
        if (state.Place.Products != CpuProducts.Fp32)
            about[Products] = SettingValue.ToText(state.Place.Products);
        try
        {
            SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
            {
                [SafetensorsFormat.SettingsKey] = state.Metadata.ToJson(),
                [Key] = about.ToJsonString(),
            });
        }
        catch (SafetensorsException exception)
        {
            throw new OutputException(exception.Message, inner: exception) { Property = nameof(GenerationFiles.KeepState) };
        }
    }

    /// <param name="property">The property or parameter that named the file, for errors.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="RequestException">No such file, or one that no run left so.</exception>
    public static ResumeState Read(string property, string path)
    {
        PathCheck.Check(property, path);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return Read(property, file);
        }
        catch (SafetensorsException exception)
        {
            throw new RequestException(property, exception.Message, exception);
        }
        catch (FormatException exception)
        {
            throw new RequestException(property, $"{Quoted.Path(path)} can't be gone on from: {exception.Message}.", exception);
        }
    }

    private static ResumeState Read(string property, SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(SafetensorsFormat.SettingsKey, out string? settings)
            || !file.Metadata.TryGetValue(Key, out string? about))
        {
            throw new FormatException(
                $"it isn't the state of a run, as {nameof(GenerationFiles)}.{nameof(GenerationFiles.KeepState)} keeps it");
        }
        GenerationMetadata metadata = GenerationMetadata.Parse(settings);
        using JsonDocument document = Parse(about);
        JsonElement root = document.RootElement;
        DType activations = DType.TryParse(Text(root, "activations"), out DType type) ? type : throw Damaged("activations");
        var place = new RunPlace(Text(root, "model"), activations, Text(root, "device"))
        {
            Products = root.TryGetProperty(Products, out _) ? ProductsOf(Text(root, Products)) : CpuProducts.Fp32,
        };
        var state = new ResumeState(GenerationSettings.From(metadata), metadata, Sampling(file, root), place)
        {
            ImageLatents = file.Names.Contains(Image) ? Kept(file, Image) : null,
            Text = EmbedsFile.Read(property, file),
        };
        return Text(root, Checksum) == ChecksumOf([.. file.Names.Select(name => TensorSource.Of(name, file[name]))])
            ? state
            : throw new FormatException("its numbers aren't those that were written; it is damaged");
    }

    private static SamplingState Sampling(SafetensorsFile file, JsonElement root)
    {
        var history = new Dictionary<string, KeptTensor>();
        foreach (string name in file.Names)
        {
            if (name.StartsWith(History, StringComparison.Ordinal))
                history.Add(name[History.Length..], Kept(file, name));
            else if (name is not (Latents or Image or Words or EmbedsFile.Prompt or EmbedsFile.Negative))
                throw new FormatException($"it has a tensor {Quoted.Name(name)}, which no state has");
        }
        Tensor words = file[Words];
        if (words.Type != DType.U32 || words.Shape.Rank != 1)
            throw new FormatException($"'{Words}' is {words}, not U32 [624]");
        return new SamplingState
        {
            NextStep = Number(root, "next_step"),
            Steps = Number(root, "steps"),
            Latents = Kept(file, Latents),
            History = history,
            Generator = new GeneratorState(Seed(root), words.AsReadOnlySpan<uint>().ToArray(), Number(root, "words_used"), Normal(root)),
        };
    }

    private static KeptTensor Kept(SafetensorsFile file, string name)
    {
        Tensor tensor = file[name];
        if (tensor.Type != DType.F32 || tensor.Shape.Rank != 5 || tensor.Shape[0] != 1 || tensor.Count == 0)
            throw new FormatException($"{Quoted.Name(name)} is {tensor}, not F32 [1, F, C, H, W]");
        float[] values = tensor.ToFloats();
        return TensorPrimitives.IsFiniteAll<float>(values)
            ? new KeptTensor(values, tensor.Shape)
            : throw new FormatException($"{Quoted.Name(name)} holds NaN or infinity");
    }

    private static JsonDocument Parse(string json)
    {
        try
        {
            JsonDocument document = StrictJson.Parse(Encoding.UTF8.GetBytes(json), MaxDepth);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw Damaged(Key);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"'{Key}' in it {exception.Message}", exception);
        }
    }

    private static int Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Damaged(name);

    private static ulong Seed(JsonElement root) =>
        root.TryGetProperty("seed", out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong seed)
            ? seed
            : throw Damaged("seed");

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Damaged(name);

    private static CpuProducts ProductsOf(string word) =>
        SettingWords.Find(typeof(CpuProducts), word) is CpuProducts products ? products : throw Damaged(Products);

    private static double? Normal(JsonElement root)
    {
        if (!root.TryGetProperty("kept_normal", out JsonElement value))
            throw Damaged("kept_normal");
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        return double.TryParse(Text(root, "kept_normal"), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw Damaged("kept_normal");
    }

    private static FormatException Damaged(string name) => new($"'{name}' in it is missing or damaged");

    private static TensorSource Source(string name, KeptTensor tensor) => new(
        name, DType.F32, tensor.Shape,
        (first, bytes) => MemoryMarshal.AsBytes(tensor.Values.Span[(int)first..])[..bytes.Length].CopyTo(bytes));

    /// <summary>SHA-256 of names and numbers, in the order of the names.</summary>
    internal static string ChecksumOf(IReadOnlyList<TensorSource> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new byte[HashedAtOnce * sizeof(double)];
        foreach (TensorSource tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name} {tensor.Type} {tensor.Shape}"));
            for (long first = 0; first < tensor.Shape.Count; first += HashedAtOnce)
            {
                int count = (int)Math.Min(HashedAtOnce, tensor.Shape.Count - first);
                Span<byte> part = bytes.AsSpan(0, (int)tensor.Type.BytesOf(count));
                tensor.Fill(first, part);
                hash.AppendData(part);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Copy(byte[] words, long first, Span<byte> bytes) =>
        words.AsSpan((int)first * sizeof(uint), bytes.Length).CopyTo(bytes);
}
