using CogVideoX.Tensors.Files;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Files;

/// <summary>What files of all formats have in common.</summary>
public sealed class TensorFileTests
{
    [Theory]
    [InlineData("foreign/gguf/t5-F32.gguf")]
    [InlineData("foreign/single/scaled-fp8-old.safetensors")]
    [InlineData("foreign/sat/5b/transformer/1/mp_rank_00_model_states.pt")]
    public void AFileThatIsClosedGivesNothingMore(string path)
    {
        ITensorFile file = TensorFile.Open(Golden.Path(path));
        string name = file.Names.First();
        Tensor tensor = file[name];
        file.Dispose();
        file.Dispose();
        Assert.Throws<TensorException>(() => tensor.ToFloats());
        Assert.Throws<ObjectDisposedException>(() => file.TryGet(name, out _));
    }
}
