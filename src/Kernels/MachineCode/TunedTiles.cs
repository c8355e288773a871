using System.Text.Json;
using System.Text.Json.Serialization;
using CogVideoX.Compiler;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// Tiles of products that were measured to be the fastest on a processor (<see cref="TileBench"/>). They decide about time alone: every
/// tile gives the same bits. The file is hostile until checked: what isn't a whole table for this processor is left alone.
/// </summary>
internal sealed class TunedTiles
{
    private const int CurrentFormat = 1;
    private const long MostBytes = 64 * 1024;

    private static readonly Lazy<TunedTiles> FromFile = new(() => Read(FilePath));

    private readonly Dictionary<TileArithmetic, (int Rows, int Vectors)> choices = [];

    private TunedTiles(string? problem = null) => Problem = problem;

    /// <summary>Those of this processor; none where it was never tuned.</summary>
    public static TunedTiles Here => FromFile.Value;

    /// <summary>Where they are kept.</summary>
    public static string FilePath => Path.Combine(KernelCache.FolderOf("tiles"), "cpu.json");

    /// <summary>Why a file that is there isn't used; null where it is, or there is none.</summary>
    public string? Problem { get; }

    /// <summary>How many arithmetics have a choice.</summary>
    public int Count => choices.Count;

    /// <summary>The tiles that were measured in place of some others of the same arithmetic.</summary>
    public CpuTiles Over(CpuTiles tiles) => choices.TryGetValue(tiles.Arithmetic, out (int Rows, int Vectors) found)
        ? tiles with { MostRows = found.Rows, Vectors = found.Vectors }
        : tiles;

    /// <summary>Reads a file.</summary>
    public static TunedTiles Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                return new TunedTiles();
            if (new FileInfo(path).Length > MostBytes)
                throw new FormatException($"it has more than {MostBytes} bytes");
            TunedTilesText text = JsonSerializer.Deserialize(File.ReadAllBytes(path), TunedTilesJson.Default.TunedTilesText)
                ?? throw new FormatException("it is empty");
            return Of(text);
        }
        catch (JsonException)
        {
            return new TunedTiles(Unused(path, "it isn't a table of tiles"));
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            return new TunedTiles(Unused(path, exception.Message));
        }
    }

    /// <summary>Keeps tiles for this processor. Whoever reads the file meanwhile sees the old one or the new.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Write(IEnumerable<CpuTiles> tiles, string path)
    {
        var text = new TunedTilesText(
            CurrentFormat, CpuBrand.Here, CpuFeatures.Detected.ToString(),
            [.. tiles.Select(one => new TunedTileText(one.Arithmetic.ToString(), one.MostRows, one.Vectors))]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string unfinished = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(text, TunedTilesJson.Default.TunedTilesText));
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished); // there only where it failed
        }
    }

    private static TunedTiles Of(TunedTilesText text)
    {
        if (text.Format != CurrentFormat)
            throw new FormatException($"its version is {text.Format}, and this program's is {CurrentFormat}");
        if (text.Processor != CpuBrand.Here || text.Instructions != CpuFeatures.Detected.ToString())
            throw new FormatException($"it is of another processor than {CpuBrand.Here} with {CpuFeatures.Detected}");
        var tuned = new TunedTiles();
        foreach (TunedTileText? tile in text.Tiles)
        {
            if (tile is null || !Enum.TryParse(tile.Arithmetic, out TileArithmetic arithmetic) || !Enum.IsDefined(arithmetic)
                || !TileBench.Candidates(arithmetic).Contains((tile.Rows, tile.Vectors)))
            {
                throw new FormatException("it has a tile that there isn't");
            }
            tuned.choices[arithmetic] = (tile.Rows, tile.Vectors);
        }
        return tuned;
    }

    private static string Unused(string path, string what) =>
        $"{path} isn't used: {what.TrimEnd('.')}. Tiles are chosen by rule; cogvideox bench --tune makes it anew.";
}

/// <summary>The form of the table in its file.</summary>
/// <param name="Format">Its version.</param>
/// <param name="Processor">Whose it is.</param>
/// <param name="Instructions">Which sets of instructions it was measured with.</param>
/// <param name="Tiles">A tile an arithmetic.</param>
internal sealed record TunedTilesText(int Format, string Processor, string Instructions, IReadOnlyList<TunedTileText> Tiles);

/// <summary>A tile.</summary>
/// <param name="Arithmetic">By name.</param>
/// <param name="Rows">The most.</param>
/// <param name="Vectors">Of columns.</param>
internal sealed record TunedTileText(string Arithmetic, int Rows, int Vectors);

/// <summary>Serialization without reflection, for programs compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false, WriteIndented = true, MaxDepth = 8,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TunedTilesText))]
internal sealed partial class TunedTilesJson : JsonSerializerContext;
