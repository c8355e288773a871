using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Layouts;

public sealed class WrapperLayoutTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("module.", "optimizer.0.exp_avg")]
    [InlineData("state_dict.", "epoch.x")]
    [InlineData("module.", "state_dict.other")]
    [InlineData("", "optimizer.0.exp_avg")]
    public void TheModelIsSeenWithoutWhatATrainerKeepsBesideIt(string wrapper, string other)
    {
        string[] names = ["encoder.block.0.x", "shared.weight"];
        IEnumerable<string> stored = names.Select(name => wrapper + name).Append(other);
        SafetensorsWriter.Write(folder["w.pt"], [.. stored.Select(name => EditedWeights.Zeros(name, DType.F32, [2]))]);
        using ITensorFile file = WeightLayouts.Translate(TensorFile.Open(folder["w.pt"]));
        string[] seen = wrapper.Length > 0 ? names : [.. names, other];
        Assert.Equal(seen.Order(StringComparer.Ordinal), file.Names.Order(StringComparer.Ordinal));
    }
}
