using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>A point in the order of a device's work, from <see cref="Ops.Mark"/>.</summary>
internal readonly struct DeviceMark
{
    internal DeviceMark(Mark value) => Value = value;

    internal Mark Value { get; }
}
