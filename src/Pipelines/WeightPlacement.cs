namespace CogVideoX.Pipelines;

/// <summary>
/// Where weights lie while a run goes on, on a device with a memory of its own. The video is the same, bit for bit.
/// </summary>
public enum WeightPlacement
{
    /// <summary>The first of the others that fits; of the last, for the parts that need it alone.</summary>
    Auto,

    /// <summary>All parts stay on the device, for the next run too.</summary>
    Resident,

    /// <summary>Each part comes to the device for its stage and is let go after it.</summary>
    Components,

    /// <summary>
    /// The same, and of the text encoder and the transformer the device holds two layers at a time: while one computes, the next one is
    /// copied there.
    /// </summary>
    Layers,
}
