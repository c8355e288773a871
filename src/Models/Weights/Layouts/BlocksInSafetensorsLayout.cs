using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// Quantised blocks as bytes of a safetensors file: <c>LAYER.Q4_0_qweight</c> or <c>LAYER.Q8_0_qweight</c>, U8 [rows, bytes of a row], in
/// place of <c>LAYER.weight</c>, as the "GGUF" files of ComfyUI's CogVideoX wrapper have them.
/// </summary>
internal sealed class BlocksInSafetensorsLayout : IWeightLayout
{
    private static readonly (string Ending, DType Type)[] Endings =
        [(".Q4_0_qweight", DType.Q4Blocks32), (".Q8_0_qweight", DType.Q8Blocks32)];

    private const int BlockElements = 32; // of both

    public string Name => "blocks of GGUF in safetensors";

    public ITensorFile? Translate(ITensorFile file)
    {
        if (!file.Names.Any(name => EndingOf(name) is not null))
            return null;
        var seen = new Dictionary<string, Translation>();
        foreach (string name in file.Names)
        {
            file.TryDescribe(name, out TensorInfo info);
            string key = name;
            Translation translation = Translation.Whole(name, info);
            if (EndingOf(name) is var (ending, type))
            {
                key = name[..^ending.Length] + ".weight";
                translation = translation with { Info = Blocks(file, name, info, type) };
            }
            if (!seen.TryAdd(key, translation))
                throw new WeightException($"{file.Path} has {Quoted.Name(key)} twice, as it is and in blocks. Download it again.");
        }
        return new TranslatedFile(file, seen);
    }

    private static (string Ending, DType Type)? EndingOf(string name)
    {
        int index = Array.FindIndex(Endings, known => name.EndsWith(known.Ending, StringComparison.Ordinal));
        return index < 0 ? null : Endings[index];
    }

    private static TensorInfo Blocks(ITensorFile file, string name, TensorInfo stored, DType type)
    {
        int blockBytes = (int)type.BytesOf(BlockElements);
        if (stored.Type != DType.U8 || stored.Shape.Rank != 2 || stored.Shape[1] % blockBytes != 0
            || stored.Shape[1] / blockBytes > int.MaxValue / BlockElements)
        {
            throw new WeightException($"{Quoted.Name(name)} in {file.Path} is {stored}; blocks of {type} are U8 [rows, n · {blockBytes}]. "
                + "Download it again, or use another file.");
        }
        return new TensorInfo(type, [stored.Shape[0], stored.Shape[1] / blockBytes * BlockElements]);
    }
}
