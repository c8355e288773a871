using CogVideoX.Gpu;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck;

/// <summary>The device under test with one type of activations, opened when it is needed, and anew after it failed.</summary>
internal sealed class TriedDevice(string name, DType type) : IDisposable
{
    private Device? device;
    private Ops? ops;

    /// <summary>The type that is tried.</summary>
    public DType Type => type;

    /// <summary>Operations on it.</summary>
    public Ops Ops => ops ??= new Ops(Device, type);

    /// <summary>The device itself, for marks.</summary>
    public Device Device => device ??= GpuDevices.Find(name).Open();

    /// <summary>Lets go of it, since an operation failed: what comes next gets a new one.</summary>
    public void Lose()
    {
        try
        {
            Dispose();
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"gpucheck: letting go of {name}: {exception.Message}"); // a lost device fails here, too
        }
        (device, ops) = (null, null);
    }

    public void Dispose()
    {
        if (ops is not null)
            ops.Dispose();
        else
            device?.Dispose();
    }
}
