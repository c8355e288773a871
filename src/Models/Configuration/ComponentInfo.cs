using CogVideoX.Tensors;

namespace CogVideoX.Models.Configuration;

/// <summary>What a component of a folder consists of.</summary>
/// <param name="Name">Its folder, such as <c>transformer</c>.</param>
/// <param name="ClassName">Its class in <c>model_index.json</c>.</param>
/// <param name="Files">The files of its weights.</param>
/// <param name="Bytes">Bytes of these files.</param>
/// <param name="Parameters">How many numbers it has, by type.</param>
internal sealed record ComponentInfo(
    string Name, string ClassName, IReadOnlyList<string> Files, long Bytes, IReadOnlyDictionary<DType, long> Parameters)
{
    /// <summary>How many numbers it has.</summary>
    public long TotalParameters => Parameters.Values.Sum();
}
