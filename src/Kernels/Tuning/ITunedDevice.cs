namespace CogVideoX.Kernels.Tuning;

/// <summary>A device whose choices of tiles can be set.</summary>
internal interface ITunedDevice
{
    /// <summary>What its operations ask before their own rules; between operations it may be another.</summary>
    TileTable Tiles { get; set; }

    /// <summary>What rules choose by; null where it has no kernels of our compiler.</summary>
    TileCard? Card { get; }
}
