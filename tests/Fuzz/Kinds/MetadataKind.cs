using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Videos whose settings, or the container around them, are spoiled.</summary>
internal sealed class MetadataKind : IFuzzKind
{
    private const string Companion = ".json";

    private readonly List<(string Path, byte[] Sound, Func<byte[], byte[]> Make)> files = [];
    private JsonNode settings = new JsonObject();

    public string Name => "metadata";

    public void Prepare(string scratch)
    {
        var metadata = new GenerationMetadata("a red circle", "blur", 7, new Dictionary<string, JsonNode?>
        {
            ["model"] = "shapes",
            ["width"] = 16,
            ["guidance_scale"] = 6.5,
            ["dynamic_cfg"] = true,
            ["init_latents"] = null,
        });
        settings = JsonNode.Parse(metadata.ToJson())!;
        foreach ((string ending, Func<byte[], byte[]> make) in Containers.All)
        {
            string path = Path.Combine(scratch, "video" + ending);
            byte[] sound = make(Encoding.UTF8.GetBytes(metadata.ToJson()));
            if (ending.EndsWith(Companion, StringComparison.Ordinal))
                File.WriteAllBytes(VideoOf(path), "YUV4MPEG2 W16 H16 F8:1\n"u8);
            files.Add((path, sound, make));
            File.WriteAllBytes(path, sound);
            if (VideoMetadata.Read(VideoOf(path)).Prompt != metadata.Prompt)
                throw new InvalidOperationException($"{ending} isn't what the product reads");
        }
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (string path, byte[] sound, Func<byte[], byte[]> make) = random.Pick(files);
        byte[] spoiled = random.OneIn(3) ? ByteMutator.Mutate(random, sound) : make(JsonMutator.Mutate(random, settings));
        return new FuzzInput(() => $"{Path.GetFileName(path)} ({spoiled.Length} bytes):\n{Encoding.UTF8.GetString(spoiled)}", () =>
        {
            File.WriteAllBytes(path, spoiled);
            VideoMetadata.Read(VideoOf(path));
            return null;
        });
    }

    public bool IsExpected(Exception exception) => exception is CogVideoXException;

    private static string VideoOf(string path) => path.EndsWith(Companion, StringComparison.Ordinal) ? path[..^Companion.Length] : path;
}
