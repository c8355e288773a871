namespace CogVideoX.Compiler.Language;

/// <summary>A tensor map as a kernel's parameter (128 opaque bytes, made on the host by cuTensorMapEncodeTiled).</summary>
public readonly struct TensorMap
{
    /// <summary>Generic address of the parameter, as cp.async.bulk.tensor takes it.</summary>
    public ulong Address { [DeviceIntrinsic(DeviceIntrinsic.TensorMapAddress)] get => DeviceOnly.Called<ulong>(); }
}
