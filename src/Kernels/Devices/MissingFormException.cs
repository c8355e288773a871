namespace CogVideoX.Kernels.Devices;

/// <summary>An operation hasn't been written for a kind of device.</summary>
/// <param name="operation">The struct of the operation.</param>
/// <param name="kind">The device's kind.</param>
public sealed class MissingFormException(Type operation, DeviceKind kind)
    : NotSupportedException($"{operation.Name} has no form for {kind}. The reference device runs every operation, slowly.");
