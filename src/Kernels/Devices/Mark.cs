namespace CogVideoX.Kernels.Devices;

/// <summary>
/// A point in the order of a device's work, from <see cref="Device.Mark"/>: reached when all that was begun before is done.
/// </summary>
/// <param name="Value">The device's own: a time, or the number of an event.</param>
public readonly record struct Mark(long Value);
