using CogVideoX.Tensors.Files;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// How another tool names and stores the weights of a part: recognised by the names of tensors, and seen under the names that models ask
/// for, which are Hugging Face's.
/// </summary>
internal interface IWeightLayout
{
    /// <summary>What people know it by, as a noun: <c>names of the original training code (SAT)</c>.</summary>
    string Name { get; }

    /// <summary>The file under the names that models ask for, which owns it from here on; null where it isn't of this layout.</summary>
    /// <exception cref="WeightException">It is, and something in it can't be: the message names the file and the tensor.</exception>
    ITensorFile? Translate(ITensorFile file);
}
