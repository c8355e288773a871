namespace CogVideoX.Models.Configuration;

/// <summary>A <c>model_index.json</c>: the class of the pipeline and of each of its parts.</summary>
internal sealed class ModelIndex
{
    /// <summary>The name of such a file.</summary>
    public const string FileName = "model_index.json";

    private static readonly Dictionary<string, string?> Pipelines = new()
    {
        ["CogVideoXPipeline"] = null,
        ["CogVideoXImageToVideoPipeline"] = "image to video is not supported yet (CogVideoXImageToVideoPipeline)",
        ["CogVideoXVideoToVideoPipeline"] = "video to video is not supported yet (CogVideoXVideoToVideoPipeline)",
    };

    private static readonly Dictionary<string, string[]> Parts = new()
    {
        ["transformer"] = [TransformerConfig.ClassName],
        ["vae"] = [VaeConfig.ClassName],
        ["text_encoder"] = [T5Config.ClassName],
        ["tokenizer"] = ["T5Tokenizer", "T5TokenizerFast"],
        ["scheduler"] = [SchedulerConfig.DdimClass, SchedulerConfig.DpmClass],
    };

    private readonly Dictionary<string, string> classes = [];

    private ModelIndex(ConfigFile file)
    {
        Path = file.Path;
        PipelineClass = file.Text("_class_name");
        if (!Pipelines.ContainsKey(PipelineClass))
            throw file.Wrong("_class_name", string.Join(" or ", Pipelines.Where(pipeline => pipeline.Value is null).Select(pipeline => $"\"{pipeline.Key}\"")));
        string folder = System.IO.Path.GetDirectoryName(file.Path)!;
        foreach ((string part, string[] known) in Parts)
        {
            string[] entry = file.Texts(part, [], 2);
            if (entry.Length != 2 || !known.Contains(entry[1]))
                throw file.Wrong(part, string.Join(" or ", known.Select(name => $"[\"{Library(part)}\", \"{name}\"]")));
            if (!Directory.Exists(System.IO.Path.Combine(folder, part)))
            {
                string remedy = FolderContents.Misplaced(folder, part) ?? "Download it, the model is incomplete.";
                throw new ConfigException($"{folder} has no folder '{part}', which {FileName} lists. {remedy}");
            }
            classes[part] = entry[1];
        }
    }

    /// <summary>The folders of a model's parts.</summary>
    public static IReadOnlyCollection<string> PartNames => Parts.Keys;

    public string Path { get; }

    public string PipelineClass { get; }

    public SchedulerKind Scheduler => classes["scheduler"] == SchedulerConfig.DpmClass ? SchedulerKind.Dpm : SchedulerKind.Ddim;

    public static ModelIndex Read(string path) => new(ConfigFile.Read(path));

    public string ClassOf(string part) => classes[part];

    public IEnumerable<string> Unsupported() => Pipelines[PipelineClass] is string reason ? [reason] : [];

    private static string Library(string part) => part is "text_encoder" or "tokenizer" ? "transformers" : "diffusers";
}
