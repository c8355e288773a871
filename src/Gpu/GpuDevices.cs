using System.Globalization;
using CogVideoX.Emulator;
using CogVideoX.Tensors;
using ILGPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Gpu;

/// <summary>
/// Devices by name: <c>gpu</c>, <c>gpu:1</c> (cards with CUDA), <c>opencl</c>, <c>opencl:1</c>, <c>ilgpu-cpu</c> (ILGPU's simulator) and
/// <c>emulator</c> (kernels' PTX, each access checked).
/// </summary>
public static class GpuDevices
{
    /// <summary>ILGPU's simulator, which runs each thread of a kernel on its own: right, and slow.</summary>
    public const string Simulator = "ilgpu-cpu";

    private const string Cuda = "gpu", OpenCl = "opencl", EmulatorName = "emulator";

    /// <summary>How devices are named, for help.</summary>
    public const string Names = "gpu|gpu:N|opencl|opencl:N|ilgpu-cpu|emulator";

    /// <summary>A device by its name.</summary>
    /// <exception cref="DeviceException">There is no such name, or no such device here; the message says what there is.</exception>
    public static IDeviceSource Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            Simulator => new SimulatorSource(),
            EmulatorName => new EmulatorSource(),
            _ => FindCard(name),
        };
    }

    /// <summary>All cards that ILGPU can drive here, CUDA's first.</summary>
    public static IReadOnlyList<IDeviceSource> Cards() => [.. CudaCards(), .. OpenClCards()];

    /// <summary>The best card: the first with CUDA; null where there is none.</summary>
    public static IDeviceSource? Best() => CudaCards().FirstOrDefault();

    /// <summary>ILGPU's own simulator: kernels as .NET code, a thread of the system for each of theirs. For few elements.</summary>
    public static Device OpenSimulator() => new SimulatorSource().Open();

    /// <summary>
    /// The emulator: the kernels' PTX, each access of which is checked. It needs no GPU, and takes as much time as that costs.
    /// </summary>
    /// <param name="options">How it works; null for its defaults.</param>
    /// <param name="architecture">What kernels are compiled for; null for sm_90.</param>
    /// <param name="portable">Runs the portable kernels also where there are others of our compiler.</param>
    public static Device OpenEmulator(
        EmulatedDeviceOptions? options = null, CudaArchitecture? architecture = null, bool portable = false) =>
        new EmulatorSource(options, architecture, portable).Open();

    private static IDeviceSource FindCard(string name)
    {
        (string kind, int index) = Parse(name);
        CardSource[] cards = kind == Cuda ? CudaCards() : OpenClCards();
        if (index < cards.Length)
            return cards[index];
        string what = kind == Cuda ? "card with CUDA" : "OpenCL device";
        string found = cards.Length == 0
            ? $"there is no {what} that ILGPU can drive here (cogvideox doctor says more)"
            : $"there {(cards.Length == 1 ? "is one" : $"are {cards.Length}")}: "
                + string.Join(", ", cards.Select(card => $"{card.Name} ({card.Description})"));
        throw new DeviceException($"{name} isn't there: {found}.");
    }

    private static (string Kind, int Index) Parse(string name)
    {
        string[] parts = name.Split(':');
        int index = 0;
        bool isKnown = parts[0] is Cuda or OpenCl && parts.Length <= 2
            && (parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index));
        return isKnown
            ? (parts[0], index)
            : throw new DeviceException($"'{name}' is no device; choose auto|cpu|{Names}, N counted from 0.");
    }

    private static CardSource[] CudaCards()
    {
        using Context context = Contexts.Create(Contexts.WithCards);
        return [.. context.GetCudaDevices().Select((device, index) => CardSource.Of(device, index))];
    }

    private static CardSource[] OpenClCards()
    {
        using Context context = Contexts.Create(builder => builder.OpenCL());
        return [.. context.GetCLDevices().Select((device, index) => CardSource.Of(device, index))];
    }

    private static IEnumerable<TResult> Select<TDevice, TResult>(
        this Context.DeviceCollection<TDevice> devices, Func<TDevice, int, TResult> result)
        where TDevice : ILGPU.Runtime.Device
    {
        var results = new List<TResult>();
        for (int i = 0; i < devices.Count; i++)
            results.Add(result(devices[i], i));
        return results;
    }
}
