using System.Text.Json.Nodes;
using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>A case with its three files, each of which may be exchanged.</summary>
/// <param name="Path">the JSON's</param> <param name="Case">what stands in it</param> <param name="Module">text of the module</param>
internal sealed record SpoilableCase(string Path, JsonNode Case, byte[] Data, string Module, TextMutator ModuleMutator)
{
    public SafetensorsMutator DataMutator { get; } = new(Data);

    public void Write(byte[] json, byte[] data, byte[] module)
    {
        File.WriteAllBytes(Path, json);
        File.WriteAllBytes(System.IO.Path.ChangeExtension(Path, ".safetensors"), data);
        File.WriteAllBytes(System.IO.Path.ChangeExtension(Path, ".ptx"), module);
    }
}
