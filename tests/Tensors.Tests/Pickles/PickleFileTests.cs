using System.Runtime.InteropServices;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Pickles;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Tensors.Tests.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Pickles;

public sealed class PickleFileTests : IDisposable
{
    private const int Opcodes = 500_000;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("refuse/reduce-os-system.pt", "it asks for 'os.system', which isn't among")]
    [InlineData("refuse/after-valid-tensors.pt", "Nothing of it was run. Use a safetensors file")]
    [InlineData("refuse/whole-module.pt", "a whole module, not its weights alone: it needs 'torch.nn.modules.linear.Linear'")]
    [InlineData("refuse/unknown-global.pt", "'omegaconf.dictconfig.DictConfig'")]
    [InlineData("refuse/extension-code.pt", "the opcode EXT1")]
    [InlineData("refuse/pickle-unknown-opcode.pt", "the opcode 0xFE")]
    [InlineData("refuse/pickle-protocol-9.pt", "has protocol 9; only 2 is read")]
    [InlineData("refuse/torchscript.pt", "a TorchScript archive")]
    [InlineData("refuse/ordinary-zip.pt", "a zip, but no file that torch.save wrote: it has no data.pkl")]
    [InlineData("refuse/legacy-wrong-magic.pt", "a pickle, but no file that torch.save wrote")]
    [InlineData("refuse/legacy-truncated.pt", "is cut short: a storage of 192 bytes lacks its end")]
    [InlineData("refuse/legacy-count.pt", "has 49 elements, the pickle says 48")]
    [InlineData("refuse/size-overflow.pt", "the size 1099511627776")]
    [InlineData("refuse/size-overflow-to-small.pt", "the size 8589934592")]
    [InlineData("refuse/stride-overflow.pt", "leaves its storage, which has 4 elements")]
    [InlineData("refuse/numel-2e40.pt", "storage 0 has 16 bytes, the pickle says 4398046511104")]
    [InlineData("refuse/negative-stride.pt", "has the stride -2")]
    [InlineData("refuse/size-stride-lengths.pt", "a stride for each dimension, not 1")]
    [InlineData("refuse/missing-storage.pt", "storage 7 isn't in the file")]
    [InlineData("refuse/storage-key-path.pt", "a storage has the key '../../0'")]
    [InlineData("refuse/zip-offset-other-entry.pt", "'archive/data/0' lies where another entry of the zip is")]
    [InlineData("refuse/zip-encrypted.pt", "'archive/data/0' is encrypted")]
    [InlineData("refuse/zip-count-wrong.pt", "fewer entries than it says")]
    [InlineData("refuse/zip-huge-size.pt", "is said to have 4294967280 bytes")]
    [InlineData("either/deflated.pt", "in the zip is compressed")]
    [InlineData("either/entry-twice.pt", "twice, and readers take either")]
    [InlineData("either/two-archives.pt", "it has 2 pickles")]
    [InlineData("either/zero-stride-huge.pt", "the size 1099511627776")]
    [InlineData("either/duplicate-key.pt", "tensor 'w' twice")]
    [InlineData("either/root-is-a-number.pt", "no tensors with names")]
    [InlineData("either/deep-tuples.pt", "nested more than 64 deep")]
    public void WhatIsWrongIsNamed(string file, string says)
    {
        string path = Golden.Path($"foreign/pickles/{file}");
        Assert.Contains(says, Assert.Throws<PickleException>(() => TensorFile.Open(path)).Message);
    }

    [Fact]
    public void APointerOfGitLfsTellsTheSizeOfTheFile()
    {
        string path = Golden.Path("foreign/pickles/refuse/git-lfs-pointer.pt");
        Assert.Contains(
            "a Git LFS pointer, not the file it points to, of 11324569600 bytes. Run 'git lfs pull'",
            Assert.ThrowsAny<TensorFileException>(() => TensorFile.Open(path)).Message);
    }

    [Fact]
    public void WhatLiesInOrderIsAViewAndWhatDoesNotIsCopiedOnce()
    {
        using ITensorFile file = PickleFile.Open(Golden.Path("foreign/pickles/read/shared-storage-views.pt"));
        Assert.Equal(file["whole"].Home, file["flat"].Home); // tied: the same bytes
        Assert.True(file["whole"].IsInMappedFile);
        Assert.False(file["transposed"].IsInMappedFile);
        Assert.Equal(file["transposed"].Home, file["transposed"].Home);
    }

    [Theory]
    [InlineData(70, 45)]
    [InlineData(1, 33)]
    [InlineData(32, 64)]
    public void ColumnMajorMatricesAreTurned(int rows, int columns)
    {
        float[] stored = [.. Enumerable.Range(0, 3 * rows * columns).Select(i => (float)i)];
        byte[] tensor = PickleWriter.Tensor(0, [3, rows, columns], [rows * columns, 1, rows], stored.Length);
        PickleWriter.Zip(
            folder["t.pt"], 0, ("x/data.pkl", PickleWriter.Dictionary(("w", tensor))),
            ("x/data/0", MemoryMarshal.AsBytes<float>(stored).ToArray()));
        using ITensorFile file = PickleFile.Open(folder["t.pt"]);
        float[] turned = file["w"].ToFloats();
        Assert.Equal(
            [.. Enumerable.Range(0, stored.Length).Select(i =>
                stored[i / (rows * columns) * rows * columns + i % columns * rows + i / columns % rows])],
            turned);
    }

    // A release of a 5B model has 11 GB; here all between the pickle and the storage is a hole.
    [Fact]
    public void StoragesBeyondFourGigabytesAreFound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Holes in files are sure to cost nothing there.");
        byte[] pickle = PickleWriter.Dictionary(("w", PickleWriter.Tensor(1, [2], [1], 3)));
        PickleWriter.Zip(
            folder["large.pt"], 5L << 30, ("top/data.pkl", pickle), ("top/data/0", MemoryMarshal.AsBytes<float>([1, 2, 3]).ToArray()));
        Assert.InRange(new FileInfo(folder["large.pt"]).Length, 5L << 30, 6L << 30);
        using ITensorFile file = TensorFile.Open(folder["large.pt"]);
        Assert.Equal([2, 3], file["w"].ToFloats());
    }

    [Fact]
    public void ASafetensorsFileWhoseHeaderLengthLooksLikeAPickleIsNone()
    {
        string name = new('n', 0x280 - 8);
        while (true)
        {
            SafetensorsWriter.Write(folder["w.safetensors"], [EditedWeights.Zeros(name, DType.F32, [1])]);
            byte[] start = File.ReadAllBytes(folder["w.safetensors"])[..2];
            if (start is [0x80, 2])
                break;
            name = name[1..];
        }
        using ITensorFile file = TensorFile.Open(folder["w.safetensors"]);
        Assert.IsType<SafetensorsFile>(file);
    }

    // The most memory for the least file: empty things, one in the other, each noted; long names by the thousand.
    [Theory]
    [InlineData("}")]
    [InlineData("]")]
    [InlineData("](")]
    [InlineData("]\u0085")]
    [InlineData("}r\u0001\u0002\u0003\u0004")]
    [InlineData("K\u0001")]
    [InlineData("(")]
    [InlineData("N")]
    public void MemoryIsBounded(string opcodes)
    {
        byte[] one = System.Text.Encoding.Latin1.GetBytes(opcodes);
        Bounded(PickleWriter.Older([.. Enumerable.Repeat(one, Opcodes).SelectMany(part => part)]), "has more than 500000 opcodes");
    }

    [Fact]
    public void MemoryOfTheMemoIsBounded()
    {
        IEnumerable<byte> puts = Enumerable.Range(0, Opcodes).SelectMany(i => (byte[])[(byte)'r', .. BitConverter.GetBytes(i)]);
        Bounded(PickleWriter.Older("}"u8.ToArray(), [.. puts]), "has more than 500000 opcodes");
    }

    [Fact]
    public void MemoryOfNamesIsBounded()
    {
        string key = new('k', 1000);
        byte[] tensor = PickleWriter.Tensor(0, [1], [1], 1);
        byte[] dictionary = [.. "}("u8, .. PickleWriter.Text(key), .. "]("u8, .. tensor, .. "q\0"u8];
        IEnumerable<byte> again = Enumerable.Repeat<byte[]>([(byte)'h', 0], 400_000).SelectMany(part => part);
        Bounded(PickleWriter.Older(dictionary, [.. again], "eu."u8.ToArray()), "names of its tensors have more than");
    }

    [Theory]
    [InlineData(new[] { 1 << 20, 1 << 20 }, new[] { 0, 0 }, "repeats 1 elements of its storage so often")]
    [InlineData(new[] { 1 << 30, 1 << 30, 1 << 30 }, new[] { 0, 0, 0 }, "has sizes that can't be")]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "has 9 dimensions")]
    public void OneNumberDoesNotFillTheMemory(int[] sizes, int[] strides, string says)
    {
        byte[] pickle = PickleWriter.Dictionary(("w", PickleWriter.Tensor(0, sizes, strides, 1)));
        PickleWriter.Zip(folder["t.pt"], 0, ("x/data.pkl", pickle), ("x/data/0", new byte[4]));
        Assert.Contains(says, Assert.Throws<PickleException>(() => PickleFile.Open(folder["t.pt"])).Message);
    }

    [Fact]
    public void OverlapsThatWouldFillTheMemoryAreRefused()
    {
        var items = new List<(string, byte[])>();
        for (int i = 0; i < 4000; i++)
            items.Add(($"t{i}", PickleWriter.Tensor(0, [128, 128], [0, 1], 128)));
        PickleWriter.Zip(folder["t.pt"], 0, ("x/data.pkl", PickleWriter.Dictionary([.. items])), ("x/data/0", new byte[512]));
        Assert.Contains("its tensors overlap so much", Assert.Throws<PickleException>(() => PickleFile.Open(folder["t.pt"])).Message);
    }

    private void Bounded(byte[] pickle, string says)
    {
        string path = folder.Write("t.pt", pickle);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(says, Assert.Throws<PickleException>(() => PickleFile.Open(path)).Message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper!.WriteLine($"{allocated >> 20} MiB for {pickle.Length >> 10} KiB");
        Assert.InRange(allocated, 0, 4 * pickle.Length + (64 << 20));
    }
}
