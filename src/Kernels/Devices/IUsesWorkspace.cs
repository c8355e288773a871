namespace CogVideoX.Kernels.Devices;

/// <summary>An operation some form of which needs memory beside its operands. Who runs it takes that from the device's memory.</summary>
public interface IUsesWorkspace
{
    /// <summary>Bytes that the form for a kind of device needs; 0 for none.</summary>
    long WorkspaceBytes(DeviceKind kind);
}
