using CogVideoX.Tensors.Files;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// Weights below <c>module</c> (DeepSpeed) or <c>state_dict</c> (Lightning), as training programs save them. What they keep beside it,
/// such as the state of an optimiser, isn't seen.
/// </summary>
internal sealed class WrapperLayout : IWeightLayout
{
    private static readonly string[] Wrappers = ["module.", "state_dict."];

    public string Name => "the wrapping of a training program";

    public ITensorFile? Translate(ITensorFile file) =>
        Wrappers.FirstOrDefault(wrapper => file.Names.Any(name => name.StartsWith(wrapper, StringComparison.Ordinal))) is { } wrapper
            ? TranslatedFile.Below(file, wrapper)
            : null;
}
