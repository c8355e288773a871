using System.Globalization;
using System.Text.RegularExpressions;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// A VAE as the authors' own code (SAT) names it: the decoder's blocks are counted from its output on. What lies beside it, such as the
/// losses of its training, isn't seen.
/// </summary>
/// <remarks>Source: <c>tools/convert_weight_sat2hf.py</c> of zai-org/CogVideo.</remarks>
internal sealed partial class SatVaeLayout : IWeightLayout
{
    private const string Telling = "decoder.mid.block_1.conv1.conv.weight";

    public string Name => "names of the original training code (SAT)";

    public ITensorFile? Translate(ITensorFile file)
    {
        string? telling = file.Names.FirstOrDefault(name => name == Telling || name.EndsWith("." + Telling, StringComparison.Ordinal));
        if (telling is null)
            return null;
        string prefix = telling[..^Telling.Length];
        string[] names = [.. file.Names.Where(name =>
            name.StartsWith(prefix, StringComparison.Ordinal) && Part().IsMatch(name.AsSpan(prefix.Length)))];
        int levels = names.Select(name => Up().Match(name[prefix.Length..])).Where(match => match.Success)
            .Select(match => 1 + Number(match)).DefaultIfEmpty(0).Max();
        var seen = new Dictionary<string, Translation>();
        foreach (string name in names)
        {
            file.TryDescribe(name, out TensorInfo info);
            TranslatedFile.Add(seen, KeyOf(name[prefix.Length..], levels), Translation.Whole(name, info), file);
        }
        return new TranslatedFile(file, seen);
    }

    private static string KeyOf(string name, int levels)
    {
        string key = Up().Replace(name, match => $"decoder.up_blocks.{levels - 1 - Number(match)}.");
        key = Down().Replace(key, "encoder.down_blocks.$1.");
        key = Middle().Replace(key, match => $".mid_block.resnets.{Number(match) - 1}.");
        key = Block().Replace(key, "$1.resnets.$2.");
        key = key.Replace(".upsample.", ".upsamplers.0.", StringComparison.Ordinal);
        key = key.Replace(".downsample.", ".downsamplers.0.", StringComparison.Ordinal);
        return key.Replace(".nin_shortcut.", ".conv_shortcut.", StringComparison.Ordinal);
    }

    private static int Number(Match match) => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(encoder|decoder)\\.")]
    private static partial Regex Part();

    [GeneratedRegex("^decoder\\.up\\.([0-9]{1,2})\\.")]
    private static partial Regex Up();

    [GeneratedRegex("^encoder\\.down\\.([0-9]{1,2})\\.")]
    private static partial Regex Down();

    [GeneratedRegex("\\.mid\\.block_([12])\\.")]
    private static partial Regex Middle();

    [GeneratedRegex("(_blocks\\.[0-9]+)\\.block\\.([0-9]+)\\.")]
    private static partial Regex Block();
}
