using System.Text.Json.Serialization;

namespace CogVideoX.Kernels.Tuning;

/// <summary>The form of a table in its file.</summary>
/// <param name="Format">Its version.</param>
/// <param name="Card">The card's name.</param>
/// <param name="Architecture">Compute capability without its point.</param>
/// <param name="Driver">The CUDA version that the driver is for.</param>
/// <param name="Predicted">Whether no card was there.</param>
/// <param name="Entries">A line a class of shapes.</param>
internal sealed record TileTableText(
    int Format, string Card, int Architecture, string Driver, bool Predicted, IReadOnlyList<TileEntryText> Entries);

/// <summary>The choice for a class of shapes.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Rows">The most rows of the class.</param>
/// <param name="Columns">As <see cref="TileShape.Columns"/>.</param>
/// <param name="Depth">As <see cref="TileShape.Depth"/>.</param>
/// <param name="Type">bf16, f16 or e4m3.</param>
/// <param name="Tile">The tile's name, in small letters.</param>
/// <param name="Parts">Of the inputs.</param>
/// <param name="Stages">Of the kernel that was measured: another's times would be others.</param>
internal sealed record TileEntryText(
    string Operation, long Rows, int Columns, int Depth, string Type, string Tile, int Parts, int Stages);

/// <summary>Serialization without reflection, for programs compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false, WriteIndented = true, MaxDepth = 8,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TileTableText))]
internal sealed partial class TileTableJson : JsonSerializerContext;
