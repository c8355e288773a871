namespace CogVideoX.Kernels.Devices;

/// <summary>Where memory is, as the program sees it.</summary>
public enum MemoryPlace
{
    /// <summary>In this process: an address can be read.</summary>
    Host,

    /// <summary>On a device: an address means something there only, and contents are copied in and out.</summary>
    Device,

    /// <summary>Nowhere: sizes are counted, there are no contents.</summary>
    Nowhere,
}
