using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// A release of the authors' own code (SAT): <c>transformer/latest</c> names the folder beside it that has
/// <c>mp_rank_00_model_states.pt</c>; beside <c>transformer</c> there may be <c>model.yaml</c> and <c>vae/3d-vae.pt</c>.
/// </summary>
public sealed class SatFolder
{
    private const string States = "mp_rank_00_model_states.pt", SecondStates = "mp_rank_01_model_states.pt", Latest = "latest";
    private const int LongestName = 64;

    private readonly string configuration;

    private SatFolder(string folder)
    {
        string transformer = System.IO.Path.Combine(folder, "transformer");
        string part = ReadLatest(System.IO.Path.Combine(transformer, Latest));
        TransformerFile = System.IO.Path.Combine(transformer, part, States);
        if (!File.Exists(TransformerFile))
            throw new ConfigException($"{TransformerFile} doesn't exist, which {Latest} beside its folder names. Download it.");
        if (File.Exists(System.IO.Path.Combine(transformer, part, SecondStates)))
        {
            throw new ConfigException(
                $"{System.IO.Path.Combine(transformer, part)} has weights that are cut up for several cards ({SecondStates}). "
                    + "Use a release in one piece.");
        }
        configuration = System.IO.Path.Combine(folder, "model.yaml");
        string vae = System.IO.Path.Combine(folder, "vae", "3d-vae.pt");
        VaeFile = File.Exists(vae) ? vae : null;
        Path = folder;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The transformer's weights.</summary>
    public string TransformerFile { get; }

    /// <summary>The VAE's weights; null where there are none.</summary>
    public string? VaeFile { get; }

    /// <summary>Whether a folder looks like such a release.</summary>
    public static bool Is(string folder) => File.Exists(System.IO.Path.Combine(folder, "transformer", Latest));

    /// <summary>Finds the files of a release.</summary>
    /// <exception cref="ConfigException">One that is needed is missing, or <c>latest</c> names no folder beside it.</exception>
    public static SatFolder Open(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new SatFolder(folder);
    }

    /// <summary>Maps the transformer's weights, seen under the names that models ask for.</summary>
    /// <exception cref="TensorFileException">The file is missing or damaged, or asks for more than tensors.</exception>
    /// <exception cref="Weights.WeightException">A tensor can't be what its name says.</exception>
    public WeightFiles OpenTransformer() => WeightFiles.OpenFile(TransformerFile, WeightLayouts.Translate);

    /// <summary>Maps the VAE's weights, seen likewise.</summary>
    /// <inheritdoc cref="OpenTransformer"/>
    /// <exception cref="ConfigException">There are none.</exception>
    public WeightFiles OpenVae() => VaeFile is { } file
        ? WeightFiles.OpenFile(file, WeightLayouts.Translate)
        : throw new ConfigException($"{Path} has no vae/3d-vae.pt. Download it.");

    /// <summary>
    /// The transformer's config: from the shapes of its tensors, and what it was trained at from <c>model.yaml</c>; without that, from the
    /// released model of these shapes.
    /// </summary>
    /// <exception cref="ConfigException">A number of <c>model.yaml</c> is missing or absurd.</exception>
    /// <inheritdoc cref="OpenTransformer"/>
    public TransformerConfig ReadTransformerConfig()
    {
        TransformerSizes? sizes = File.Exists(configuration) ? SizesOf(SatNumbers.Read(configuration)) : null;
        ITensorFile stored = TensorFile.Open(TransformerFile);
        // A table of sines is not among the weights that models ask for, and tells the model apart.
        bool hasTable = stored.Names.Any(name => name.EndsWith("mixins.pos_embed.pos_embedding", StringComparison.Ordinal));
        using ITensorFile seen = WeightLayouts.Translate(stored);
        bool isLearned = seen.TryDescribe("patch_embed.pos_embedding", out _);
        return new TransformerShapes(seen).Config(rotary: !hasTable || isLearned, sizes);
    }

    private static TransformerSizes SizesOf(SatNumbers numbers) => new(
        numbers.Int("latent_width", 4096), numbers.Int("latent_height", 4096), numbers.Int("num_frames", 4096),
        numbers.Int("text_length", 4096))
    {
        TemporalCompression = numbers.Int("time_compressed_rate", 64, 4),
        SpatialInterpolation = numbers.Double("height_interpolation", 1000, 1.875),
        TemporalInterpolation = numbers.Double("time_interpolation", 1000, 1),
    };

    // It comes with a download, and must not lead anywhere else.
    private static string ReadLatest(string path)
    {
        try
        {
            if (FileStatus.OtherThanFile(path) is { } other)
                throw new ConfigException($"{path} is {other}; a file is needed here.");
            string name = FileLength.Of(path) <= LongestName ? File.ReadAllText(path).Trim() : "";
            bool isPlain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
            return isPlain
                ? name
                : throw new ConfigException($"{path} should hold the name of a folder beside it, such as 1. Download it again.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigException($"{path} doesn't exist. A release of SAT has it; download it again.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path} can't be read: {exception.Message}", exception);
        }
    }
}
