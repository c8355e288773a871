using System.Text.Json;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests;

/// <summary>
/// A run of diffusers that tests repeat, as a <c>cases.json</c> of tests/Goldens lists it; all of <c>pipeline</c> and <c>tasks</c> where
/// <c>COGVIDEOX_GOLDENS</c> names the folder that has them.
/// </summary>
internal sealed class GoldenCase
{
    /// <summary>Folders of tests/Goldens with runs.</summary>
    public const string Pipeline = "pipeline", Tasks = "tasks", Lora = "lora";

    private static readonly string All = Environment.GetEnvironmentVariable("COGVIDEOX_GOLDENS") ?? Golden.Path("");

    private readonly string root;
    private readonly string folder;
    private readonly JsonElement json;

    private GoldenCase(string root, string folder, JsonElement json) => (this.root, this.folder, this.json) = (root, folder, json);

    public string Name => json.GetProperty("name").GetString()!;

    /// <summary>For a theory: its folder and name.</summary>
    public string Run => $"{folder}/{Name}";

    /// <summary>Of tests/Goldens.</summary>
    public string Checkpoint => Golden.Path(CheckpointName);

    /// <summary>Videos that were made at once.</summary>
    public int Rows => Find("prompt") is { ValueKind: JsonValueKind.Array } prompts ? prompts.GetArrayLength() : 1;

    /// <summary>Whether its numbers are there, and the picture that it begins from.</summary>
    public bool HasFiles => File.Exists(FileOf(Name, "safetensors")) && (!TakesPicture || File.Exists(PictureOf(0)));

    public double[] Timesteps => [.. json.GetProperty("timesteps").EnumerateArray().Select(time => time.GetDouble())];

    private string CheckpointName => json.GetProperty("checkpoint").GetString()!;

    private bool TakesPicture => CheckpointName.EndsWith("i2v", StringComparison.Ordinal);

    /// <summary>The run of that folder and name, with the numbers that the repository has.</summary>
    public static GoldenCase Of(string folder, string name) => List(Golden.Path(""), folder).Single(golden => golden.Name == name);

    /// <summary>All runs of a folder: of the whole set, where it is there.</summary>
    public static IEnumerable<GoldenCase> AllOf(string folder) => List(All, folder);

    /// <summary>A value of the list; null where the run has none.</summary>
    public JsonElement? Find(string key) => json.TryGetProperty(key, out JsonElement value) ? value : null;

    /// <summary>A value that it must have.</summary>
    public JsonElement Get(string key) => json.GetProperty(key);

    /// <summary>Its numbers.</summary>
    public SafetensorsFile Open() => SafetensorsFile.Open(FileOf(Name, "safetensors"));

    /// <summary>The picture that a row begins from; rows of two share theirs with another run.</summary>
    public string PictureOf(int row) =>
        FileOf(Name.Contains("-two-", StringComparison.Ordinal) ? $"i2v-1.5-two.{row}" : Name, "png");

    /// <summary>What we are asked for: a video is left for the caller to add.</summary>
    /// <param name="row">Which of a batch's.</param>
    public GenerationRequest Request(int row = 0)
    {
        bool hasOneGenerator = Rows > 1 && Find("seeds") is null;
        return new GenerationRequest(TextOf("prompt", row))
        {
            NegativePrompt = TextOf("negative_prompt", row),
            Seed = Find("seeds") is { } seeds ? seeds[row].GetUInt64() : Get("seed").GetUInt64(),
            BatchSize = hasOneGenerator ? Rows : null,
            BatchRow = hasOneGenerator ? row : null,
            Steps = Get("num_inference_steps").GetInt32(),
            GuidanceScale = Get("guidance_scale").GetDouble(),
            Frames = Find("num_frames")?.GetInt32(),
            Height = Get("height").GetInt32(),
            Width = Get("width").GetInt32(),
            DynamicGuidance = Find("use_dynamic_cfg")?.GetBoolean() ?? false,
            Sampler = Sampler(),
            MaxSequenceLength = Find("max_sequence_length")?.GetInt32(),
            Strength = Find("strength")?.GetDouble(),
            AnySize = true,
            Image = TakesPicture ? StillImage.Load(PictureOf(row)) : null,
            Fit = TakesPicture ? ImageFit.Stretch : null,
            ImageLatentScale = TakesPicture ? ImageLatentScale() : null,
        };
    }

    private static IEnumerable<GoldenCase> List(string root, string folder)
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, folder, "cases.json")));
        return [.. cases.RootElement.EnumerateArray().Select(entry => new GoldenCase(root, folder, entry.Clone()))];
    }

    private string FileOf(string name, string ending) => Path.Combine(root, folder, folder == Pipeline ? "" : "runs", $"{name}.{ending}");

    // A text, or one for each row; the empty one where there is none.
    private string TextOf(string key, int row) => Find(key) switch
    {
        { ValueKind: JsonValueKind.Array } texts => texts[row].GetString()!,
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => "",
    };

    private SamplerKind Sampler() => Get("scheduler").GetString() switch
    {
        "CogVideoXDPMScheduler" => SamplerKind.Dpm,
        "EulerDiscreteScheduler" => SamplerKind.Euler,
        "UniPCMultistepScheduler" => SamplerKind.UniPc,
        "DPMSolverMultistepScheduler" => SamplerKind.Dpm2M,
        _ => SamplerKind.Ddim,
    };

    // diffusers divides by the factor where the VAE's configuration asks for it.
    private double ImageLatentScale()
    {
        const double ScalingFactor = 0.7;
        bool isInverted = CheckpointName.Contains("1.5", StringComparison.Ordinal) && Find("vae_config") is null;
        return isInverted ? 1 / ScalingFactor : ScalingFactor;
    }
}
