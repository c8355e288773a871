using System.Text.RegularExpressions;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// A folder's <c>model_index.json</c>: the class of the pipeline, and name, library and class of each of its parts, whatever they are.
/// Whether they can be run is another matter (<see cref="ModelFolder"/>).
/// </summary>
internal sealed partial class ModelIndex
{
    /// <summary>The name of such a file.</summary>
    public const string FileName = "model_index.json";

    private const string ClassKey = "_class_name";
    private readonly string folder;
    private readonly ConfigFile file;

    private ModelIndex(string folder)
    {
        this.folder = folder;
        Path = System.IO.Path.Combine(folder, FileName);
        if (!File.Exists(Path))
            throw new ConfigException($"{Path} doesn't exist. {FolderContents.Describe(folder)}");
        file = ConfigFile.Read(Path);
        PipelineClass = file.Text(ClassKey);
        if (!Identifier().IsMatch(PipelineClass))
            throw file.Wrong(ClassKey, $"the name of a pipeline, such as \"{CogVideoXParts.BestKnown}\"");
        Parts = [.. file.Names.Select(PartOf).OfType<ModelPart>().OrderBy(part => part.Name, StringComparer.Ordinal)];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The pipeline that the folder is made for, such as <c>CogVideoXPipeline</c>.</summary>
    public string PipelineClass { get; }

    /// <summary>Its parts, by name.</summary>
    public IReadOnlyList<ModelPart> Parts { get; }

    /// <summary>Reads the index of a folder.</summary>
    /// <exception cref="ConfigException">There is none, or it is damaged; the message says what the folder seems to be.</exception>
    public static ModelIndex Read(string folder) => new(folder);

    /// <summary>What is wrong with a part, as a sentence: that it is left out, or has no folder; null where nothing is.</summary>
    public string? Problem(ModelPart part)
    {
        if (part.IsNull)
            return $"{Path} leaves the part '{part.Name}' out: it is null there.";
        if (Directory.Exists(FolderOf(part)))
            return null;
        string remedy = FolderContents.Misplaced(folder, part.Name) ?? "Download it, the model is incomplete.";
        return $"{folder} has no folder '{part.Name}', which {FileName} lists. {remedy}";
    }

    /// <summary>What the parts that have weights consist of; reads the headers of all of them.</summary>
    /// <exception cref="SafetensorsException">Weights are missing or damaged.</exception>
    public IReadOnlyList<ComponentInfo> Components() => [.. Parts.Where(HasWeights).Select(part => Describe(part, OpenWeights))];

    /// <summary>What a part consists of, from the headers of its weights.</summary>
    /// <param name="part">The part.</param>
    /// <param name="open">Maps its weights.</param>
    /// <exception cref="TensorFileException">Weights are missing or damaged.</exception>
    internal static ComponentInfo Describe(ModelPart part, Func<ModelPart, WeightFiles> open)
    {
        using WeightFiles weights = open(part);
        var parameters = new SortedDictionary<DType, long>(Comparer<DType>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name)));
        foreach (string key in weights.Names)
        {
            weights.TryDescribe(key, out TensorInfo tensor);
            parameters[tensor.Type] = parameters.GetValueOrDefault(tensor.Type) + tensor.Shape.Count;
        }
        string[] files = [.. weights.Files.Select(weightFile => weightFile.Path)];
        return new ComponentInfo(part.Name, part.ClassName!, files, weights.Files.Sum(weightFile => weightFile.Bytes), parameters);
    }

    /// <summary>A part that a pipeline can't do without.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="known">What it may be: library and class.</param>
    /// <param name="isElsewhere">Whether it needn't be in the folder.</param>
    /// <exception cref="ConfigException">It isn't listed, is of another class, left out, or has no folder.</exception>
    internal ModelPart Require(string name, IReadOnlyList<(string Library, string ClassName)> known, bool isElsewhere = false)
    {
        ModelPart? part = Parts.FirstOrDefault(part => part.Name == name);
        if (part is null || (!part.IsNull && !known.Any(choice => choice.ClassName == part.ClassName)))
            throw file.Wrong(name, string.Join(" or ", known.Select(choice => $"[\"{choice.Library}\", \"{choice.ClassName}\"]")));
        return !isElsewhere && Problem(part) is { } problem ? throw new ConfigException(problem) : part;
    }

    /// <summary>Refuses a pipeline of another kind.</summary>
    internal ConfigException WrongPipeline(string right) => file.Wrong(ClassKey, right);

    /// <summary>Maps a part's weights.</summary>
    /// <exception cref="SafetensorsException">They are missing or damaged.</exception>
    internal WeightFiles OpenWeights(ModelPart part) =>
        WeightFiles.Open(FolderOf(part), part.WeightsName, translate: WeightLayouts.Translate);

    private string FolderOf(ModelPart part) => System.IO.Path.Combine(folder, part.Name);

    // Other members are settings of the pipeline.
    private ModelPart? PartOf(string name)
    {
        if (name.StartsWith('_') || file.TextPairOrNull(name) is not { } entry)
            return null;
        return Identifier().IsMatch(name) && Identifier().IsMatch(entry.Second ?? "none")
            ? new ModelPart(name, entry.First, entry.Second)
            : throw file.Wrong(name, "library and class of a part");
    }

    // Schedulers, tokenizers and the like have none; one that has a model's config has lost them.
    internal bool HasWeights(ModelPart part) => !part.IsNull && File.Exists(System.IO.Path.Combine(FolderOf(part), "config.json"));

    // What stands in messages and paths.
    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
