using System.Text;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Adapters with one file spoiled: looked at, opened beside a checkpoint, planned, run now and then.</summary>
internal sealed class LoraKind : IFuzzKind
{
    private static readonly string[] Adapters =
    [
        "style", "zoom", "foreign/peft-patterns", "foreign/peft-rslora", "foreign/comfy/style.safetensors",
        "foreign/bf16/style.safetensors", "foreign/diffusers-old/motion.safetensors", "foreign/diffusers-metadata/motion.safetensors",
        "foreign/kohya/motion.safetensors", "foreign/videox-fun/motion.safetensors", "foreign/sat/style.safetensors",
        "foreign/sat/style/1/mp_rank_00_model_states.pt", "foreign/pickle",
    ];

    private readonly List<(string Adapter, string Path, byte[] Bytes, Func<FuzzRandom, byte[]> Mutate)> files = [];
    private string model = "", scratch = "";

    public string Name => "lora";

    public void Prepare(string scratch)
    {
        this.scratch = scratch;
        model = Repository.Copy(Repository.Goldens("checkpoints/5b"), Path.Combine(scratch, "5b"));
        string copy = Repository.Copy(Repository.Goldens("lora"), Path.Combine(scratch, "lora"));
        foreach (string adapter in Adapters.Select(name => Path.Combine(copy, name)))
        {
            string[] parts = File.Exists(adapter) ? [adapter] : [.. Directory.GetFiles(adapter).Order(StringComparer.Ordinal)];
            foreach (string path in parts)
            {
                byte[] bytes = File.ReadAllBytes(path);
                files.Add((adapter, path, bytes, CheckpointKind.MutatorOf(path, bytes)));
            }
        }
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (string adapter, string path, byte[] original, Func<FuzzRandom, byte[]> mutate) = random.Pick(files);
        byte[] spoiled = mutate(random);
        var loras = new LoraOptions { Adapters = [new Lora(adapter, 0.5)], Merge = random.OneIn(2), IgnoreUnmatched = random.OneIn(2) };
        bool generates = random.OneIn(8);
        return new FuzzInput(() => Describe(path, spoiled), () =>
        {
            File.WriteAllBytes(path, spoiled);
            try
            {
                Eat(loras, generates);
                return null;
            }
            finally
            {
                File.WriteAllBytes(path, original);
            }
        });
    }

    public bool IsExpected(Exception exception) => exception is CogVideoXException;

    private void Eat(LoraOptions loras, bool generates)
    {
        using (CogVideoXPipeline pipeline = CogVideoXPipeline.Open(model, new ComputeOptions { Threads = 1 }, loras))
        {
            var request = new GenerationRequest("a red circle") { Steps = 1, Width = 16, Height = 16, Frames = 1 };
            pipeline.Plan(request);
            if (generates)
                pipeline.Generate(request);
        }
        LoraReport.Read(loras.Adapters[0].Path);
    }

    private string Describe(string path, byte[] spoiled) => $"{Path.GetRelativePath(scratch, path)} ({spoiled.Length} bytes):\n"
        + Encoding.UTF8.GetString(spoiled, 0, Math.Min(spoiled.Length, 4096));
}
