using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Safetensors;

/// <summary>Files that are written tensor by tensor.</summary>
public sealed class SafetensorsAppenderTests : IDisposable
{
    private static readonly (string, Shape)[] Expected = [("a", [2, 3]), ("b", [1, 4]), ("c", [5])];

    private readonly TemporaryFolder folder = new();
    private readonly Ops ops = Ops.OnCpu(1);

    private string Path => folder.File("steps.safetensors");

    public void Dispose()
    {
        ops.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void HoldsWhatCameUntilItWasCompleted()
    {
        using (var file = new SafetensorsAppender(Path, Expected))
        {
            file.Append("a", ops.FromHost([1f, 2, 3, 4, 5, 6], [2, 3]));
            file.Append("b", ops.FromHost([7f, 8, 9, 10], [1, 4]));
            Assert.False(File.Exists(Path));
            file.Complete();
        }
        using SafetensorsFile written = SafetensorsFile.Open(Path);
        Assert.Equal(["a", "b"], written.Names.Order());
        Assert.Equal([1f, 2, 3, 4, 5, 6], written["a"].ToFloats());
        Assert.Equal([7f, 8, 9, 10], written["b"].ToFloats());
        Assert.Equal(["steps.safetensors"], folder.Names);
    }

    [Fact]
    public void AllThatIsExpectedIsWhatTheWriterWrites()
    {
        using (var file = new SafetensorsAppender(Path, Expected[..2]))
        {
            file.Append("a", ops.FromHost([1f, 2, 3, 4, 5, 6], [2, 3]));
            file.Append("b", ops.FromHost([7f, 8, 9, 10], [1, 4]));
            file.Complete();
        }
        string whole = folder.File("whole.safetensors");
        SafetensorsWriter.Write(whole, new Dictionary<string, Tensor>
        {
            ["a"] = ops.FromHost([1f, 2, 3, 4, 5, 6], [2, 3]),
            ["b"] = ops.FromHost([7f, 8, 9, 10], [1, 4]),
        });
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(Path));
    }

    [Fact]
    public void WithoutCompletionNothingIsLeft()
    {
        using (var file = new SafetensorsAppender(Path, Expected))
            file.Append("c", ops.FromHost([1f, 2, 3, 4, 5], [5]));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AFolderThatIsntThereIsNamed() =>
        Assert.Contains(
            "no/such", Assert.Throws<SafetensorsException>(() => new SafetensorsAppender(folder.File("no/such/file"), Expected)).Message);

    [Fact]
    public void NamesThatTheFormatRefusesAreRefusedAtTheStart() =>
        Assert.Throws<SafetensorsException>(() => new SafetensorsAppender(Path, [("__metadata__", [1])]));
}
