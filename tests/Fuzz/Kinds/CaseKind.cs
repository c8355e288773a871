using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Emulator;
using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Cases of <c>ptx run</c> whose JSON, data or module is spoiled.</summary>
internal sealed class CaseKind : IFuzzKind
{
    private readonly List<Spoilable> cases = [];
    private string folder = "";

    public string Name => "case";

    public void Prepare(string scratch)
    {
        folder = scratch;
        foreach ((string path, string text, TextMutator mutator) in PtxModules.Read())
        {
            JsonNode one = JsonNode.Parse(File.ReadAllBytes(path))!;
            one["module"] = "case.ptx";
            one["data"] = "case.safetensors";
            byte[] data = File.ReadAllBytes(Path.ChangeExtension(path, ".safetensors"));
            cases.Add(new Spoilable(one, data, new SafetensorsMutator(data), Encoding.UTF8.GetBytes(text), mutator));
        }
    }

    public FuzzInput Make(FuzzRandom random)
    {
        Spoilable one = random.Pick(cases);
        byte[] json = Encoding.UTF8.GetBytes(one.Case.ToJsonString()), data = one.Data, module = one.Module;
        int part = random.Next(10);
        if (part < 6 || part == 9) json = JsonMutator.Mutate(random, one.Case);
        if (part is 6 or 7 or 9) data = one.DataMutator.Mutate(random);
        if (part is 8 or 9) module = one.ModuleMutator.MutateBytes(random);
        var options = new LaunchOptions { Seed = random.Next(1000), MaxLaunchInstructions = 3000, ResidentCtas = 4 };
        return new FuzzInput(() => $"{Encoding.UTF8.GetString(json)}\n---\n{Encoding.UTF8.GetString(data, 0, Math.Min(2000, data.Length))}\n---\n{Encoding.UTF8.GetString(module)}", () =>
        {
            string path = Path.Combine(folder, "case.json");
            File.WriteAllBytes(path, json);
            File.WriteAllBytes(Path.ChangeExtension(path, ".safetensors"), data);
            File.WriteAllBytes(Path.ChangeExtension(path, ".ptx"), module);
            return Printed.Problem(PtxCase.Run(path, options).ToString());
        });
    }

    public bool IsExpected(Exception exception) => exception is CaseException;

    private sealed record Spoilable(JsonNode Case, byte[] Data, SafetensorsMutator DataMutator, byte[] Module, TextMutator ModuleMutator);
}
