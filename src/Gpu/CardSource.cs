using CogVideoX.Ilgpu;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Tensors;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Gpu;

/// <summary>A card that ILGPU drives.</summary>
/// <param name="description">As its maker calls it.</param>
/// <param name="totalBytes">Its memory.</param>
/// <param name="isCuda">Through CUDA, or through OpenCL.</param>
/// <param name="index">Among those of its kind.</param>
/// <param name="tiles">Where its table of tiles is; null where it has none.</param>
internal sealed class CardSource(string description, long totalBytes, bool isCuda, int index, TileTableFile? tiles = null) : IDeviceSource
{
    // ILGPU can't ask how much is free before a context is made, and that takes some hundred megabytes itself.
    private const long ContextBytes = 600L << 20;

    public string Name => $"{(isCuda ? "gpu" : "opencl")}:{index}";

    public string Description => description;

    public long FreeBytes => isCuda ? CudaMemory.FreeBytes(index) ?? totalBytes - ContextBytes : totalBytes;

    public static CardSource Of(CudaDevice device, int index)
    {
        CudaArchitecture own = device.CardArchitecture();
        var card = new TunedCard(device.Name, own.Major * 10 + own.Minor, $"{device.DriverVersion}");
        return new($"{device.Name}, {own}", device.MemorySize, isCuda: true, index, new TileTableFile(card));
    }

    public static CardSource Of(CLDevice device, int index) =>
        new(device.Name, device.MemorySize, isCuda: false, index);

    public string? Lacks(DType activations) => null; // the portable kernels need no type of the card

    public bool Records => isCuda;

    public string? Note => Read().Problem;

    /// <summary>Where its table of tiles is; null where it has none.</summary>
    public TileTableFile? Tiles => tiles;

    public Device Open()
    {
        TileTable table = Read().Table;
        Context context = Contexts.Create(builder => isCuda ? Contexts.WithCards(builder) : builder.OpenCL());
        try
        {
            Accelerator accelerator = isCuda ? context.CreateCudaAccelerator(index) : context.CreateCLAccelerator(index);
            var device = new IlgpuDevice(context, accelerator, $"{Name} ({Description}{(table.Count > 0 ? ", tuned tiles" : "")})");
            ((ITunedDevice)device).Tiles = table;
            return device;
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            context.Dispose();
            throw new DeviceException(
                $"{Name} ({Description}) can't be opened: {exception.Message}. Is another program using it?", exception);
        }
    }

    private (TileTable Table, string? Problem) Read() => tiles?.Read() ?? (TileTable.Empty, null);
}
