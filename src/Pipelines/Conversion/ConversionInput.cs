using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>What is read: recognised by what is in it, and checked before anything is written.</summary>
internal sealed class ConversionInput
{
    private const string Property = nameof(ConversionRequest.Input), ConfigName = "config.json";
    private const string Known =
        "a file of weights, a folder with model_index.json, one with config.json and weights, a release of SAT, or a LoRA";

    // What a folder's weights begin with: diffusers', then transformers'.
    private static readonly (string Start, string BaseName)[] Weights =
    [
        ("diffusion_pytorch_model", "diffusion_pytorch_model"), ("model.safetensors", "model"), ("model-", "model"),
        ("pytorch_model", "model"),
    ];

    private readonly ConversionRequest request;
    private readonly string input;
    private bool configIsUsed;

    /// <summary>Recognises the input, and reads configs and headers.</summary>
    /// <exception cref="RequestException">It is nothing that is known, or lacks what the output needs.</exception>
    /// <exception cref="TensorFileException">A file is damaged.</exception>
    /// <exception cref="ConfigException">A config is damaged, or of a model that isn't known.</exception>
    /// <exception cref="WeightException">Weights are missing, or of other shapes than the config says.</exception>
    public ConversionInput(ConversionRequest request)
    {
        this.request = request;
        input = request.Input;
        if (File.Exists(input))
            OpenFile();
        else if (Directory.Exists(input))
            OpenFolder();
        else
            throw new RequestException(Property, $"{input} doesn't exist; name {Known}.");
        if (request.Config is { } config && !configIsUsed)
            throw new RequestException(nameof(request.Config), $"{config}: it is for one part without a config; leave it out.");
    }

    /// <summary>The parts; none where it is an adapter, or tensors that nothing is known of.</summary>
    public IReadOnlyList<InputPart> Parts { get; private set; } = [];

    /// <summary>Whether the parts lie in folders of their own, and <see cref="Others"/> beside them.</summary>
    public bool IsPipeline { get; private set; }

    /// <summary>Files of a pipeline that stay as they are: their places below its folder.</summary>
    public IReadOnlyList<string> Others { get; private set; } = [];

    /// <summary>What had to be guessed: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>The file or folder of a LoRA; null where it is none.</summary>
    public string? Adapter { get; private set; }

    private void OpenFolder()
    {
        if (File.Exists(Path.Combine(input, ModelIndex.FileName)))
            OpenPipeline();
        else if (SatFolder.Is(input))
            OpenSat(SatFolder.Open(input));
        else if (LoraFile.FindInFolder(input) is not null)
            Adapter = input;
        else
            OpenPartFolder();
    }

    private void OpenPipeline()
    {
        var index = ModelIndex.Read(input);
        if (index.Parts.Where(part => !part.IsNull).Select(index.Problem).OfType<string>().FirstOrDefault() is { } problem)
            throw new RequestException(Property, problem);
        ModelPart[] parts = [.. index.Parts.Where(index.HasWeights)];
        Parts = [.. parts.Select(part => new InputPart(
            KindOf(part), () => index.OpenWeights(part), File.ReadAllBytes(In(part.Name, ConfigName)), In(part.Name, ConfigName))
        {
            Folder = part.Name,
            WeightsName = part.WeightsName,
        })];
        IsPipeline = true;
        IEnumerable<string> folders = index.Parts.Where(part => !part.IsNull).Select(part => part.Name).Prepend("");
        Others = [.. folders.Where(folder => Directory.Exists(In(folder))).SelectMany(OtherFiles)];

        IEnumerable<string> OtherFiles(string folder) => Directory.EnumerateFiles(In(folder)).Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith('.') && !IsOfWeights(name) && !(name == ConfigName && parts.Any(part => part.Name == folder)))
            .Order(StringComparer.Ordinal).Select(name => folder.Length == 0 ? name : $"{folder}/{name}");
    }

    private static PartKind KindOf(ModelPart part) => part.ClassName switch
    {
        TransformerConfig.ClassName => PartKind.Transformer,
        VaeConfig.ClassName => PartKind.Vae,
        T5Config.ClassName => PartKind.TextEncoder,
        _ => PartKind.Other,
    };

    private static bool IsOfWeights(string name) => name.Contains(".index.", StringComparison.Ordinal)
        || Path.GetExtension(name) is ".safetensors" or ".bin" or ".pt" or ".pth" or ".ckpt" or ".gguf" or ".h5" or ".msgpack" or ".onnx";

    private void OpenSat(SatFolder sat)
    {
        if (HasAdapter(sat.TransformerFile))
        {
            Adapter = sat.TransformerFile;
            return;
        }
        bool isAlone = sat.VaeFile is null;
        TransformerConfig? read = isAlone && request.Config is not null ? null : sat.ReadTransformerConfig();
        byte[] config = read is null ? GivenConfig() : PartConfigs.Text(read);
        string path = request.Config ?? $"the config of {sat.TransformerFile}";
        var transformer = new InputPart(PartKind.Transformer, sat.OpenTransformer, config, path);
        if (isAlone)
        {
            Parts = [transformer];
            return;
        }
        using WeightFiles vae = sat.OpenVae();
        byte[] vaeConfig = PartConfigs.Vae(vae.Files[0], ReleasedModels.NameOf(read!)) ?? throw new RequestException(
            Property, $"nothing tells the config of {sat.VaeFile}; convert {sat.TransformerFile} and the VAE one by one, the VAE with "
            + $"{nameof(ConversionRequest)}.{nameof(request.Config)}.");
        Parts = [transformer, new InputPart(PartKind.Vae, sat.OpenVae, vaeConfig, $"the config of {sat.VaeFile}")];
        IsPipeline = true;
    }

    private void OpenPartFolder()
    {
        string[] names = [.. Directory.EnumerateFiles(input).Select(path => Path.GetFileName(path)!)];
        string? baseName = Weights
            .FirstOrDefault(known => names.Any(name => name.StartsWith(known.Start, StringComparison.Ordinal))).BaseName;
        if (baseName is null)
            throw new RequestException(Property, $"{input} is nothing that is known; name {Known}.");
        string own = In(ConfigName);
        Parts = [PartOf(Open, File.Exists(own) ? own : null, baseName)];

        WeightFiles Open() => WeightFiles.Open(input, baseName, translate: WeightLayouts.Translate);
    }

    private void OpenFile()
    {
        if (HasAdapter(input))
        {
            Adapter = input;
            return;
        }
        using (ITensorFile seen = WeightLayouts.Translate(TensorFile.Open(input)))
        {
            if (PartKinds.Of(seen.Names) == PartKind.Other)
            {
                if (!request.IsFile || request.To.Form != ConversionForm.HuggingFace)
                {
                    throw new RequestException(Property, $"{input} has the keys of no part of CogVideoX: {Quoted.Names(seen.Names)}. "
                        + "Name a .safetensors file as the output to have its tensors under their own names.");
                }
                return;
            }
        }
        string full = Path.GetFullPath(input), folder = Path.GetDirectoryName(full)!, beside = Path.Combine(folder, ConfigName);
        bool isOurs = Weights.Any(known => Path.GetFileName(full).StartsWith(known.Start, StringComparison.Ordinal));
        Parts = [PartOf(() => WeightFiles.OpenFile(input, WeightLayouts.Translate), isOurs && File.Exists(beside) ? beside : null, null)];
    }

    private static bool HasAdapter(string path)
    {
        using ITensorFile file = TensorFile.Open(path);
        return PartKinds.HaveAdapter(file.Names);
    }

    private InputPart PartOf(Func<WeightFiles> open, string? ownConfig, string? baseName)
    {
        using WeightFiles files = open();
        PartKind kind = PartKinds.Of(files.Names);
        byte[]? config = ownConfig is not null ? File.ReadAllBytes(ownConfig)
            : request.Config is not null ? GivenConfig()
            : ConfigOf(kind, files.Files[0]);
        if (config is null && !request.IsFile)
        {
            throw new RequestException(Property, $"nothing tells the config of {input} ({kind.Title()}), which is of none of the released "
                + $"models; give its config.json with {nameof(ConversionRequest)}.{nameof(request.Config)}, or name a .safetensors file as "
                + "the output.");
        }
        return new InputPart(kind, open, config, ownConfig ?? request.Config ?? $"the config of {input}")
        {
            WeightsName = baseName ?? kind.WeightsName(),
        };
    }

    private byte[]? ConfigOf(PartKind kind, ITensorFile seen)
    {
        switch (kind)
        {
            case PartKind.Transformer:
                if (SatAround() is { } sat)
                    return PartConfigs.Text(sat.ReadTransformerConfig());
                using (ITensorFile stored = TensorFile.Open(seen.Path))
                    return PartConfigs.Transformer(seen, stored.Names) is { } config ? PartConfigs.Text(config) : null;
            case PartKind.Vae:
                byte[]? released = PartConfigs.Vae(seen, release: null);
                if (released is not null)
                    Notes = ["The VAE's config is CogVideoX-5b's: 2b's has the same weights, and 1.15258426 for the 'scaling_factor' 0.7."];
                return released;
            case PartKind.TextEncoder:
                seen.TryDescribe("encoder.block.0.layer.0.SelfAttention.q.weight", out TensorInfo telling);
                return PartConfigs.TextEncoder(seen, WrittenType.Of(telling.Type, request.Dtype));
            default:
                return null;
        }
    }

    // The release whose transformer the file is.
    private SatFolder? SatAround()
    {
        string? release = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(input))));
        if (release is null || !SatFolder.Is(release))
            return null;
        var sat = SatFolder.Open(release);
        return Path.GetFullPath(sat.TransformerFile) == Path.GetFullPath(input) && File.Exists(Path.Combine(release, "model.yaml"))
            ? sat
            : null;
    }

    private byte[] GivenConfig()
    {
        configIsUsed = true;
        return File.Exists(request.Config)
            ? File.ReadAllBytes(request.Config)
            : throw new RequestException(nameof(request.Config), $"{request.Config} is no file; name the config.json of the part.");
    }

    private string In(params ReadOnlySpan<string> names) => Path.Combine([input, .. names]);
}
