using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>Where a part of a model is: in the model's folder, or elsewhere (<see cref="PartPlaces"/>).</summary>
internal sealed class PartPlace
{
    private const string ConfigName = "config.json";

    private readonly ModelPart part;
    private readonly string place;
    private readonly SatFolder? sat;

    /// <param name="part">As the model's index lists it.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="elsewhere">A file or folder; null for the folder of the part in the model's.</param>
    /// <exception cref="ConfigException">There is nothing there.</exception>
    public PartPlace(ModelPart part, string folder, string? elsewhere)
    {
        this.part = part;
        IsElsewhere = elsewhere is not null;
        place = elsewhere ?? Path.Combine(folder, part.Name);
        if (elsewhere is null || File.Exists(elsewhere))
            return;
        if (!Directory.Exists(elsewhere))
            throw new ConfigException($"{elsewhere} doesn't exist, where the {Title} should be. Check the path.");
        if (SatFolder.Is(elsewhere))
            sat = SatFolder.Open(elsewhere);
        else if (File.Exists(Path.Combine(elsewhere, ModelIndex.FileName)))
            place = Path.Combine(elsewhere, part.Name);
    }

    /// <summary>Whether it isn't in the model's folder.</summary>
    public bool IsElsewhere { get; }

    /// <summary>Its config, where one lies with the weights; a file of another tool has none.</summary>
    public string? Config
    {
        get
        {
            string config = Path.Combine(File.Exists(place) ? Path.GetDirectoryName(Path.GetFullPath(place))! : place, ConfigName);
            bool isOurs = !File.Exists(place) || Path.GetFileName(place).StartsWith(part.WeightsName, StringComparison.Ordinal);
            return isOurs && sat is null && (!IsElsewhere || File.Exists(config)) ? config : null;
        }
    }

    private string Title => part.Name.Replace('_', ' ');

    /// <summary>Maps its weights, seen under the names that models ask for.</summary>
    /// <exception cref="Tensors.TensorException">They are missing or damaged.</exception>
    /// <exception cref="ConfigException">A SAT release that lacks them.</exception>
    public WeightFiles Open()
    {
        if (sat is not null)
        {
            return part.Name switch
            {
                "transformer" => sat.OpenTransformer(),
                "vae" => sat.OpenVae(),
                _ => throw new ConfigException($"{place} is a release of SAT, which has no {Title}. Name a file or folder that has one."),
            };
        }
        return File.Exists(place)
            ? WeightFiles.OpenFile(place, WeightLayouts.Translate)
            : WeightFiles.Open(place, part.WeightsName, translate: WeightLayouts.Translate);
    }
}
