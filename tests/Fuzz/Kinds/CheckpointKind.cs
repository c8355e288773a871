using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines;
using CogVideoX.Tensors;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Tiny checkpoints with one file spoiled: opened, their weights read, a run planned.</summary>
internal sealed class CheckpointKind : IFuzzKind
{
    private readonly List<(string Path, byte[] Bytes, Func<FuzzRandom, byte[]> Mutate)> files = [];
    private readonly string[] models = ["2b", "5b"];
    private string scratch = "";

    public string Name => "checkpoint";

    public void Prepare(string scratch)
    {
        this.scratch = scratch;
        foreach (string model in models)
        {
            string folder = Repository.Copy(Repository.Goldens($"checkpoints/{model}"), Path.Combine(scratch, model));
            foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                byte[] bytes = File.ReadAllBytes(path);
                files.Add((path, bytes, MutatorOf(path, bytes)));
            }
        }
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (string path, byte[] original, Func<FuzzRandom, byte[]> mutate) = random.Pick(files);
        byte[] spoiled = mutate(random);
        bool generates = random.OneIn(8);
        string model = Path.Combine(scratch, Path.GetRelativePath(scratch, path).Split(Path.DirectorySeparatorChar)[0]);
        return new FuzzInput(() => Describe(path, spoiled), () =>
        {
            File.WriteAllBytes(path, spoiled);
            try
            {
                Eat(model, generates);
                return null;
            }
            finally
            {
                File.WriteAllBytes(path, original);
            }
        });
    }

    public bool IsExpected(Exception exception) => exception is CogVideoXException or ConfigException or TensorException;

    private static void Eat(string model, bool generates)
    {
        var request = new GenerationRequest("a red circle") { Steps = 1, Width = 16, Height = 16, Frames = 1 };
        using (CogVideoXPipeline pipeline = CogVideoXPipeline.Open(model, threads: 1))
        {
            pipeline.Plan(new GenerationRequest("a red circle"));
            if (generates)
                pipeline.Generate(request);
        }
        PromptTokenizer.Open(model).Encode("a red circle");
        var folder = ModelFolder.Open(model);
        folder.Unsupported();
        folder.Components();
    }

    /// <summary>How such a file is spoiled: by its ending.</summary>
    public static Func<FuzzRandom, byte[]> MutatorOf(string path, byte[] bytes)
    {
        if (path.EndsWith(".safetensors", StringComparison.Ordinal))
            return new SafetensorsMutator(bytes).Mutate;
        if (!path.EndsWith(".json", StringComparison.Ordinal))
            return random => ByteMutator.Mutate(random, bytes);
        JsonNode document = JsonNode.Parse(bytes)!;
        return random => JsonMutator.Mutate(random, document);
    }

    private string Describe(string path, byte[] spoiled)
    {
        int shown = path.EndsWith(".json", StringComparison.Ordinal) ? spoiled.Length : Math.Min(spoiled.Length, 4096);
        return $"{Path.GetRelativePath(scratch, path)} ({spoiled.Length} bytes):\n{Encoding.UTF8.GetString(spoiled, 0, shown)}";
    }
}
