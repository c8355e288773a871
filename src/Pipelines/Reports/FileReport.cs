using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What a file tells of itself: the answer of <c>info</c>.</summary>
/// <param name="Path">The file or folder, as it was named.</param>
/// <param name="Kind">What it is: <c>a PNG picture</c>, <c>a checkpoint</c>.</param>
/// <param name="Settings">What it was made from, where that was kept in it.</param>
/// <param name="Tensors">
/// Of a file of weights, its tensors under their own names: name, and type and shape such as <c>F32 [1, 5, 16, 60, 90]</c>.
/// </param>
internal sealed record FileReport(string Path, string Kind, GenerationMetadata? Settings, IReadOnlyDictionary<string, string> Tensors)
{
    private const string ModelIndex = "model_index.json";

    /// <summary>What a folder of a model is called here.</summary>
    public const string Checkpoint = "a checkpoint";

    /// <summary>Reads headers alone, whatever the size of the file.</summary>
    /// <param name="path">A video, latents, a folder of pictures, or a checkpoint.</param>
    /// <exception cref="MetadataException">There is nothing there, or nothing in it that can be told.</exception>
    public static FileReport Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (PathCheck.Problem(path) is { } problem)
            throw new MetadataException(problem);
        if (File.Exists(System.IO.Path.Combine(path, ModelIndex)))
            return new FileReport(path, Checkpoint, null, new Dictionary<string, string>());
        if (!System.IO.Path.Exists(path))
            throw new MetadataException($"{path} doesn't exist.");
        return KindOf(path) switch
        {
            { } kind when WeightsFileReport.Formats.Contains(kind) => ReadTensors(path, kind),
            { } kind when FileKind.KeepsSettings(path) =>
                new FileReport(path, kind, VideoMetadata.Read(path), new Dictionary<string, string>()),
            var kind => throw new MetadataException(
                $"{path} is {kind ?? "of an unknown kind"}; settings are kept in videos of CogVideoX for .NET."),
        };
    }

    private static string? KindOf(string path)
    {
        try
        {
            return FileKind.Of(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new MetadataException($"{path} may not be read by this user.", exception);
        }
        catch (IOException exception)
        {
            throw new MetadataException($"{path} can't be read: {exception.Message}", exception);
        }
    }

    // Latents and weights keep no settings; what they do hold is told all the same.
    private static FileReport ReadTensors(string path, string kind)
    {
        try
        {
            using ITensorFile file = TensorFile.Open(path);
            var tensors = new OrderedDictionary<string, string>(file.Names.Select(name => KeyValuePair.Create(name, Describe(file, name))));
            file.Metadata.TryGetValue(SafetensorsFormat.SettingsKey, out string? json);
            GenerationMetadata? settings = json is null ? null : GenerationMetadata.Parse(json);
            return new FileReport(path, kind, settings, tensors);
        }
        catch (TensorFileException exception)
        {
            throw new MetadataException(exception.Message, exception);
        }
        catch (FormatException exception)
        {
            throw new MetadataException($"{path}: {exception.Message}.", exception);
        }
    }

    private static string Describe(ITensorFile file, string name) => file.TryDescribe(name, out TensorInfo info) ? info.ToString() : "";
}
