using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Tensors;
#if !CPU_ONLY
using CogVideoX.Cli.Verbs.Tuning;
using CogVideoX.Gpu;
#endif

namespace CogVideoX.Cli.Verbs;

/// <summary>Where a verb computes, and in which types.</summary>
internal sealed class DeviceOptions
{
#if CPU_ONLY
    private const string Names = "cpu", Slow = "";
#else
    private const string Names = $"cpu|{GpuDevices.Names}";
    private const string Slow = $"; {GpuDevices.Simulator} is for tests of kernels on few elements: the smallest model takes minutes";
#endif

    public Option<string?> Device { get; } = new("--device")
    {
        Description = $"Where to compute (default: auto, the first card with CUDA, else the CPU){Slow}",
        HelpName = $"auto|{Names}",
    };

    public Option<string?> Compute { get; } = new("--compute")
    {
        Description = "The type to compute in; sums are fp32 in any case. auto: the fastest that there is an instruction for "
            + "(default: fp32 on the CPU, the checkpoint's elsewhere)",
        HelpName = "auto|fp32|bf16|fp16|bf16-amx",
    };

    public Option<int> Threads { get; } = CommonOptions.Threads();

    public DeviceOptions() => Compute.AcceptOnlyFromAmong("auto", "fp32", "bf16", "fp16", "bf16-amx");

    /// <summary>The type alone, for a plan of a device that needn't be there.</summary>
    public ComputeOptions TypeOnly(ParseResult parsed) => ComputeOptions.Default with
    {
        Compute = CommonOptions.Choice<ComputeType>(parsed, Compute) ?? ComputeType.Usual,
    };

    public void AddTo(Command command)
    {
        command.Add(Device);
        command.Add(Compute);
        command.Add(Threads);
    }

    /// <param name="terminal">Where it is told what a person should know of the device.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="measure">Whether to keep the times of operations.</param>
    /// <param name="kept">The type that a run is repeated in, unless the command line has another.</param>
    /// <exception cref="UsageException">No such device, type or number of threads.</exception>
    public ComputeOptions Read(Terminal terminal, ParseResult parsed, bool measure = false, ComputeType? kept = null)
    {
        IDeviceSource? device = Find(parsed.GetValue(Device) ?? "auto");
        if (device?.Note is { } note)
            terminal.Say(note);
        return new()
        {
            Device = device,
            Compute = CommonOptions.Choice<ComputeType>(parsed, Compute) ?? kept ?? ComputeType.Usual,
            Threads = CommonOptions.CheckThreads(parsed.GetValue(Threads)),
            Measure = measure,
        };
    }

    /// <summary>What <c>--device</c> can name here, and what is known of each card with CUDA.</summary>
    public static IEnumerable<SystemFinding> Findings()
    {
#if CPU_ONLY
        return [new SystemFinding("devices", false, "cpu", "This copy was made without GPU support (trimmed, or ahead of time).")];
#else
        IEnumerable<string> cards = GpuDevices.Cards().Select(card => $"{card.Name} ({card.Description})");
        string found = string.Join(", ", cards.Concat(["cpu", "emulator", "ilgpu-cpu"]));
        SystemFinding devices = cards.Any()
            ? new SystemFinding("devices", true, found, null)
            : new SystemFinding(
                "devices", false, found, "No card that ILGPU drives (CUDA, or OpenCL with generic addresses): the CPU computes.");
        return [devices, .. TableFinding.Read()];
#endif
    }

#if CPU_ONLY
    private IDeviceSource? Find(string name) => name is "auto" or "cpu"
        ? null
        : throw new UsageException(
            Device.Name, $"{name} can't be: this copy of the program was made without GPU support; choose cpu.");
#else
    private IDeviceSource? Find(string name)
    {
        if (name == "cpu" || (name == "auto" && !CudaDriver.IsThere()))
            return null;
        try
        {
            return name == "auto" ? GpuDevices.Best() : GpuDevices.Find(name);
        }
        catch (DeviceException exception)
        {
            throw new UsageException(Device.Name, exception.Message, exception);
        }
    }
#endif
}
