namespace CogVideoX.Emulator;

/// <summary>When the work of an emulated device's streams is done.</summary>
public enum WorkOrder
{
    /// <summary>At once, in the call that asks for it.</summary>
    InOrder,

    /// <summary>
    /// Later, at random times, in any order that streams and events allow: what a missing wait would show on a GPU once in a while shows
    /// here for one seed in a few.
    /// </summary>
    Shuffled,
}
