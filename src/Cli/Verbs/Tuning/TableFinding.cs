using CogVideoX.Gpu;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs.Tuning;

/// <summary>What <c>doctor</c> says of tables of tiles: one finding a card with CUDA.</summary>
internal static class TableFinding
{
    /// <summary>Of the cards that are here.</summary>
    public static IEnumerable<SystemFinding> Read()
    {
        foreach (CardSource source in GpuDevices.Cards().OfType<CardSource>())
        {
            if (source.Tiles is { } file)
                yield return Of(source.Name, file);
        }
    }

    /// <summary>Of one card.</summary>
    /// <param name="device">How it is asked for.</param>
    /// <param name="file">Its table's.</param>
    public static SystemFinding Of(string device, TileTableFile file)
    {
        (TileTable table, string? problem) = file.Read();
        return table.Count > 0
            ? new SystemFinding("tiles", true, $"{device}: {Counted.Of(table.Count, "choice")} in {file.Path}", null)
            : new SystemFinding(
                "tiles", false, $"{device}: no table for this card and driver",
                problem ?? $"Tiles are chosen by rule; cogvideox kernels bench --device {device} --tune measures them.");
    }
}
