using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Pipelines;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>States of runs and files of embeddings, spoiled: read, planned with, gone on from now and then.</summary>
internal sealed class StateKind : IFuzzKind
{
    private const string About = "cogvideox_state", Settings = "cogvideox";

    private readonly List<(string Path, byte[] Bytes, Func<FuzzRandom, byte[]> Mutate)> files = [];
    private CogVideoXPipeline? pipeline;

    public string Name => "state";

    public void Prepare(string scratch)
    {
        pipeline = CogVideoXPipeline.Open(Repository.Goldens("checkpoints/2b"), threads: 1);
        string state = Path.Combine(scratch, "run.state"), text = Path.Combine(scratch, "text.safetensors");
        var request = new GenerationRequest("a red circle") { Steps = 2, Sampler = SamplerKind.Dpm, Width = 16, Height = 16, Frames = 1 };
        pipeline.Generate(request, new GenerationFiles { KeepState = state, SaveEmbeds = text });
        foreach (string path in new[] { state, text })
        {
            byte[] bytes = File.ReadAllBytes(path);
            files.Add((path, bytes, new SafetensorsMutator(bytes).Mutate));
        }
        files.Add((state, File.ReadAllBytes(state), random => WithOtherNumbers(state, random)));
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (string path, byte[] original, Func<FuzzRandom, byte[]> mutate) = random.Pick(files);
        byte[] spoiled = mutate(random);
        bool generates = random.OneIn(8);
        return new FuzzInput(() => $"{Path.GetFileName(path)} ({spoiled.Length} bytes):\n{Encoding.UTF8.GetString(spoiled)}", () =>
        {
            File.WriteAllBytes(path, spoiled);
            try
            {
                Eat(path, generates);
                return null;
            }
            finally
            {
                File.WriteAllBytes(path, original);
            }
        });
    }

    public bool IsExpected(Exception exception) => exception is CogVideoXException;

    private void Eat(string path, bool generates)
    {
        GenerationRequest request = path.EndsWith(".state", StringComparison.Ordinal)
            ? ResumeState.Load(path).ToRequest()
            : new GenerationRequest("") { Embeds = TextEmbeddings.Load(path), Steps = 1, Width = 16, Height = 16, Frames = 1 };
        pipeline!.Plan(request);
        if (generates)
            pipeline.Generate(request);
    }

    // The JSON in the header: settings, or the numbers beside them.
    private static byte[] WithOtherNumbers(string state, FuzzRandom random)
    {
        string changed = state + ".changed";
        using (SafetensorsFile file = SafetensorsFile.Open(state))
        {
            var metadata = file.Metadata.ToDictionary();
            string key = random.OneIn(2) ? About : Settings;
            metadata[key] = Encoding.Latin1.GetString(JsonMutator.Mutate(random, JsonNode.Parse(metadata[key])!));
            SafetensorsWriter.Write(changed, file.Names.Select(name => TensorSource.Of(name, file[name])), metadata);
        }
        return File.ReadAllBytes(changed);
    }
}
