using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CogVideoX.Gpu;
using CogVideoX.Tensors;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>What there is: machine, card, driver, ILGPU's view of it, and the tools of the other parts.</summary>
internal static class DoctorPart
{
    private const int ToolSeconds = 40;

    private static readonly (string Name, string Command)[] Tools =
    [
        ("nvidia-smi", "nvidia-smi --format=csv,noheader "
            + "--query-gpu=name,driver_version,memory.total,memory.used,clocks.sm,clocks.max.sm,clocks.max.mem,power.limit"),
        ("libcuda", "ldconfig -p | grep libcuda.so; echo LD_LIBRARY_PATH=$LD_LIBRARY_PATH"),
        ("ptxas", "ptxas --version | tail -2 | head -1"),
        ("ncu", "ncu --version | tail -1"),
        ("compute-sanitizer", "compute-sanitizer --version | grep -i version | tail -1"),
        ("torch", "python3 -c 'import torch; print(torch.__version__, torch.cuda.is_available() and torch.cuda.get_device_name())'"),
    ];

    public static void Run(CheckOptions options)
    {
        var results = new Results(options.Out, "doctor");
        var line = new JsonObject
        {
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm") + " UTC",
            ["commit"] = Commit(options),
            ["device"] = options.Device,
            ["sizes"] = options.IsTiny ? "tiny" : "full",
            ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
            ["processors"] = Environment.ProcessorCount,
        };
        foreach ((string name, string command) in Tools)
            line[name] = Ask(command);
        try
        {
            IDeviceSource source = GpuDevices.Find(options.Device);
            line["name"] = source.Description;
            line["free_gib"] = Math.Round(source.FreeBytes / Math.Pow(2, 30), 1);
            using Device device = source.Open();
            Describe(((IlgpuDevice)device).Accelerator, line);
        }
        catch (Exception exception)
        {
            line["failure"] = exception.Message;
        }
        results.Add(line);
    }

    private static void Describe(Accelerator accelerator, JsonObject line)
    {
        line["ilgpu_name"] = accelerator.Name;
        line["memory_gib"] = Math.Round(accelerator.MemorySize / Math.Pow(2, 30), 1);
        line["multiprocessors"] = accelerator.NumMultiprocessors;
        line["shared_bytes_a_group"] = accelerator.MaxSharedMemoryPerGroup;
        line["warp"] = accelerator.WarpSize;
        if (accelerator is not CudaAccelerator cuda)
            return;
        line["architecture"] = cuda.Architecture.ToString();
        line["instruction_set"] = cuda.InstructionSet.ToString();
        line["driver_api"] = cuda.Device is CudaDevice device ? device.DriverVersion.ToString() : "";
        line["clock_mhz"] = cuda.ClockRate;
        line["memory_clock_mhz"] = cuda.MemoryClockRate;
        line["l2_bytes"] = cuda.L2CacheSize;
    }

    private static string Commit(CheckOptions options)
    {
        string file = Path.Combine(options.Bundle, "commit.txt");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "unknown";
    }

    // What it prints, or why there is nothing.
    private static string Ask(string command)
    {
        try
        {
            var start = new ProcessStartInfo("bash", ["-c", $"timeout {ToolSeconds} bash -o pipefail -c \"$0\" 2>&1", command])
            {
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string printed = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? printed : $"absent: {printed}"[..Math.Min(printed.Length + 8, 200)];
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return $"absent: {exception.Message}";
        }
    }
}
