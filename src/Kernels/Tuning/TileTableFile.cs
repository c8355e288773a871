using System.Globalization;
using System.Text.Json;
using CogVideoX.Compiler;

namespace CogVideoX.Kernels.Tuning;

/// <summary>
/// The table of a card on disk, beside compiled kernels (<see cref="KernelCache.FolderOf"/>). It is hostile until checked: what isn't a
/// whole table of this version for this card is left alone, and the operations' own rules choose.
/// </summary>
/// <param name="card">Whose table.</param>
/// <param name="folder">Where tables lie; cogvideox/tiles in the system's folder for caches if null.</param>
internal sealed class TileTableFile(TunedCard card, string? folder = null)
{
    /// <summary>The version of the form, and of the kernels that its times are of: a new one makes all tables old.</summary>
    public const int CurrentFormat = 1;

    private const long MostBytes = 1 << 20, MostRows = 1L << 50;
    private const int MostEntries = 4096, MostParts = 64;

    private static readonly (ElementFormat Value, string Name)[] Types =
        [(ElementFormat.BF16, "bf16"), (ElementFormat.F16, "f16"), (ElementFormat.F8E4M3, "e4m3")];

    private static readonly (TileKind Value, string Name)[] Tiles =
        [.. Enum.GetValues<TileKind>().Select(tile => (tile, tile.ToString().ToLowerInvariant()))];

    private static readonly (TiledOperation Value, string Name)[] Operations =
        [.. Enum.GetValues<TiledOperation>().Select(operation => (operation, TiledProblem.NameOf(operation)))];

    /// <summary>Whose it is.</summary>
    public TunedCard Card => card;

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder ?? KernelCache.FolderOf("tiles"), card.FileName);

    /// <summary>The table, and why the file that is there isn't it.</summary>
    /// <returns>An empty table where there is no file, or one that can't be used; only the latter has a problem.</returns>
    public (TileTable Table, string? Problem) Read()
    {
        try
        {
            if (!File.Exists(Path))
                return (TileTable.Empty, null);
            if (new FileInfo(Path).Length > MostBytes)
                throw new FormatException($"it has more than {MostBytes} bytes");
            TileTableText text = JsonSerializer.Deserialize(File.ReadAllBytes(Path), TileTableJson.Default.TileTableText)
                ?? throw new FormatException("it is empty");
            return (TableOf(text), null);
        }
        catch (JsonException)
        {
            return (TileTable.Empty, Problem("it isn't a table of tiles"));
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            return (TileTable.Empty, Problem(exception.Message));
        }
    }

    /// <summary>Puts a table in the file's place: whoever reads it meanwhile sees the old one or the new.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Write(TileTable table)
    {
        TileEntryText[] entries =
        [
            .. from one in table.All
               orderby one.Class.Operation, one.Class.Type, one.Class.Rows, one.Class.Columns, one.Class.Depth
               select new TileEntryText(
                   NameOf(Operations, one.Class.Operation), one.Class.Rows, one.Class.Columns, one.Class.Depth,
                   NameOf(Types, one.Class.Type), NameOf(Tiles, one.Choice.Tile), one.Choice.Parts, one.Choice.Stages),
        ];
        var text = new TileTableText(CurrentFormat, card.Name, card.Architecture, card.Driver, card.IsPredicted, entries);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        string unfinished = $"{Path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(text, TileTableJson.Default.TileTableText));
            File.Move(unfinished, Path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished); // there only where it failed
        }
    }

    private string Problem(string what) =>
        $"{Path} isn't used: {what.TrimEnd('.')}. Tiles are chosen by rule; cogvideox kernels bench --tune makes the table anew.";

    private TileTable TableOf(TileTableText text)
    {
        if (text.Format != CurrentFormat)
            throw Wrong($"its version is {text.Format}, and this program's is {CurrentFormat}");
        if (text.Card != card.Name || text.Architecture != card.Architecture || text.Driver != card.Driver)
            throw new FormatException($"it is of another card or driver than {card.Name}, sm_{card.Architecture}, CUDA {card.Driver}");
        if (text.Predicted != card.IsPredicted)
            throw new FormatException(text.Predicted ? "its times were predicted, not measured" : "its times were measured, not predicted");
        if (text.Entries.Count > MostEntries)
            throw Wrong($"it has {text.Entries.Count} entries, and at most {MostEntries} can be");
        return new TileTable(text.Entries.Select((entry, index) => Checked(entry, index + 1)));
    }

    private static (TileShape Shape, TileChoice Choice) Checked(TileEntryText? entry, int number)
    {
        if (entry is null)
            throw Wrong($"entry {number} is empty");
        TiledOperation operation = Named(Operations, entry.Operation, $"entry {number} has no such operation");
        ElementFormat type = Named(Types, entry.Type, $"entry {number} has no such type");
        var choice = new TileChoice(Named(Tiles, entry.Tile, $"entry {number} has no such tile"), entry.Parts);
        bool isQueries = choice.Tile is TileKind.Queries64 or TileKind.Queries128, isAttention = operation == TiledOperation.Attention;
        string? wrong = entry.Rows is < 1 or > MostRows || entry.Columns < 1 || entry.Depth < 1 ? "no such shape"
            : isQueries != isAttention ? "no tile of that operation"
            : entry.Parts is < 1 or > MostParts || (entry.Parts > 1 && operation != TiledOperation.Linear) ? "no such parts"
            : entry.Stages != choice.Stages ? $"{entry.Stages} stages, where the tile's kernels have {choice.Stages}"
            : null;
        return wrong is null
            ? (new TileShape(operation, entry.Rows, entry.Columns, entry.Depth, type), choice)
            : throw Wrong($"entry {number} has {wrong}");
    }

    private static string NameOf<T>((T Value, string Name)[] all, T value) where T : struct, Enum =>
        all.First(one => one.Value.Equals(value)).Name;

    private static T Named<T>((T Value, string Name)[] all, string name, FormattableString otherwise) where T : struct, Enum =>
        all.FirstOrDefault(one => one.Name == name) is { Name: not null } found ? found.Value : throw Wrong(otherwise);

    private static FormatException Wrong(FormattableString what) => new(what.ToString(CultureInfo.InvariantCulture));
}
