namespace CogVideoX.Tensors;

/// <summary>A device can't be had, or failed. The message says which, at what, and what would work.</summary>
/// <param name="message">What happened.</param>
/// <param name="inner">What the device itself said.</param>
public sealed class DeviceException(string message, Exception? inner = null) : Exception(message, inner);
