using System.Text.Json.Nodes;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Testing;

namespace CogVideoX.Kernels.Tests.Tuning;

/// <summary>A card's table on disk: what was written is read, and nothing else is.</summary>
public sealed class TileTableFileTests
{
    private static readonly TunedCard Card = new("NVIDIA H100 80GB HBM3", 90, "12.4");
    private static readonly TileShape Shape = new(TiledOperation.Linear, 35_552, 3072, 12_288, ElementFormat.BF16);

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        using var folder = new TemporaryFolder();
        var file = new TileTableFile(Card, folder.File("made"));
        Assert.Equal((TileTable.Empty, null), file.Read());
        file.Write(Table());
        Assert.Equal("nvidia-h100-80gb-hbm3-sm90-12-4.json", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.File("made")))));
        (TileTable table, string? problem) = file.Read();
        Assert.Null(problem);
        Assert.Equal(Table().All, table.All);
        file.Write(new TileTable([(Shape, new(TileKind.Tall))])); // in the old one's place
        Assert.Equal(TileKind.Tall, file.Read().Table.Find(Shape)!.Value.Tile);
        Assert.Single(Directory.GetFiles(folder.File("made")));
    }

    // Each card and driver has a file of its own, and so have predictions; who gives one to another gets nothing.
    [Fact]
    public void ATableIsOfOneCardAndDriver()
    {
        using var folder = new TemporaryFolder();
        var file = new TileTableFile(Card, folder.Path);
        file.Write(Table());
        TunedCard[] others =
        [
            Card with { Name = "NVIDIA H200" }, Card with { Driver = "12.8" }, Card with { Architecture = 80 },
            Card with { IsPredicted = true },
        ];
        foreach (TunedCard other in others)
        {
            var theirs = new TileTableFile(other, folder.Path);
            Assert.Equal((TileTable.Empty, null), theirs.Read());
            File.Copy(file.Path, theirs.Path);
            Refuses(theirs, other.IsPredicted ? "its times were measured, not predicted" : "it is of another card or driver");
        }
        new TileTableFile(Card with { IsPredicted = true }, folder.Path).Write(Table());
        File.Copy(new TileTableFile(Card with { IsPredicted = true }, folder.Path).Path, file.Path, overwrite: true);
        Refuses(file, "its times were predicted, not measured");
    }

    [Theory]
    [InlineData("format", "2", "its version is 2, and this program's is 1")]
    [InlineData("entries", "null", "it isn't a table of tiles")]
    [InlineData("entries", "[null]", "entry 1 is empty")]
    [InlineData("more", "1", "it isn't a table of tiles")]
    [InlineData("tile", "\"huge\"", "entry 1 has no such tile")]
    [InlineData("tile", "0", "it isn't a table of tiles")]
    [InlineData("tile", "\"wide,tall\"", "entry 1 has no such tile")]
    [InlineData("tile", "\"queries64\"", "entry 1 has no tile of that operation")]
    [InlineData("operation", "\"softmax\"", "entry 1 has no such operation")]
    [InlineData("operation", "\"causal_conv3d\"", "entry 1 has no such parts")]
    [InlineData("type", "\"f32\"", "entry 1 has no such type")]
    [InlineData("rows", "0", "entry 1 has no such shape")]
    [InlineData("rows", "9000000000000000000", "entry 1 has no such shape")]
    [InlineData("depth", "-1", "entry 1 has no such shape")]
    [InlineData("columns", "1e99", "it isn't a table of tiles")]
    [InlineData("parts", "0", "entry 1 has no such parts")]
    [InlineData("parts", "65", "entry 1 has no such parts")]
    [InlineData("stages", "2", "entry 1 has 2 stages, where the tile's kernels have 3")]
    public void WhatIsNoTableIsLeftAlone(string name, string value, string says)
    {
        using var folder = new TemporaryFolder();
        var file = new TileTableFile(Card, folder.Path);
        file.Write(new TileTable([(Shape, new(TileKind.Square, 2))]));
        JsonObject table = JsonNode.Parse(File.ReadAllText(file.Path))!.AsObject(), entry = table["entries"]![0]!.AsObject();
        (entry.ContainsKey(name) ? entry : table)[name] = JsonNode.Parse(value);
        File.WriteAllText(file.Path, table.ToJsonString());
        Refuses(file, says);
    }

    [Fact]
    public void WhatIsCutOffOrTooLargeIsLeftAlone()
    {
        using var folder = new TemporaryFolder();
        var file = new TileTableFile(Card, folder.Path);
        file.Write(Table());
        string whole = File.ReadAllText(file.Path);
        string twice = whole.Insert(1, "\"format\": 1,"), deep = new('[', 10_000);
        foreach (string text in (string[])["", "null", "{}", "[1]", whole[..^3], deep, twice])
        {
            File.WriteAllText(file.Path, text);
            Refuses(file, text == "null" ? "it is empty" : "it isn't a table of tiles");
        }
        File.WriteAllText(file.Path, whole + new string(' ', 1 << 20));
        Refuses(file, "it has more than 1048576 bytes");
        file.Write(new TileTable(Enumerable.Range(1, 4097).Select(i => (Shape with { Columns = i }, new TileChoice(TileKind.Small)))));
        Refuses(file, "it has 4097 entries, and at most 4096 can be");
    }

    [Fact]
    public void WhatCannotBeWrittenThrowsAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "");
        Assert.ThrowsAny<IOException>(() => new TileTableFile(Card, folder.File("taken")).Write(Table()));
        var file = new TileTableFile(Card, folder.Path);
        Directory.CreateDirectory(file.Path);
        Assert.ThrowsAny<Exception>(() => file.Write(Table()));
        Assert.Equal([file.Path, folder.File("taken")], Directory.GetFileSystemEntries(folder.Path).Order());
    }

    private static TileTable Table() => new(
    [
        (Shape, new(TileKind.Square, 2)),
        (new(TiledOperation.CausalConv3d, 2_764_800, 128, 3456, ElementFormat.F16), new(TileKind.Tall)),
        (new(TiledOperation.Attention, 17_776, 60, 64, ElementFormat.BF16), new(TileKind.Queries64)),
    ]);

    private static void Refuses(TileTableFile file, string says)
    {
        (TileTable table, string? problem) = file.Read();
        Assert.Equal(0, table.Count);
        Assert.NotNull(problem);
        Assert.StartsWith($"{file.Path} isn't used: {says}", problem);
        Assert.EndsWith("Tiles are chosen by rule; cogvideox kernels bench --tune makes the table anew.", problem);
    }
}
