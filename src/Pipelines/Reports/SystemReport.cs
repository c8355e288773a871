using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What this machine has, and what each absence costs: the answer of <c>doctor</c>.</summary>
public static class SystemReport
{
    /// <summary>Looks at CPU, memory, ffmpeg, GPU driver and ptxas.</summary>
    public static IReadOnlyList<SystemFinding> Read() => [Runtime(), Cpu(), Memory(), Ffmpeg(), GpuDriver(), Ptxas()];

    private static SystemFinding Runtime() => new("runtime", true, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}", null);

    private static SystemFinding Cpu()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        bool fma = Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported;
        string found = $"{Environment.ProcessorCount} processors, {RuntimeInformation.ProcessArchitecture}, vectors of {bits} bits, {(fma ? "with" : "without")} fused multiply-add";
        return new("cpu", bits >= 256 && fma, found, bits >= 256 && fma ? null : "Everything runs, several times slower than with AVX2 and FMA.");
    }

    private static SystemFinding Memory()
    {
        const long Comfortable = 16_000_000_000;
        long free = SystemMemory.FreeBytes();
        return new("memory", free >= Comfortable, FormattableString.Invariant($"{SystemMemory.TotalBytes() / 1e9:F1} GB, {free / 1e9:F1} GB free"),
            free >= Comfortable ? null : "The bundled model runs; the weights of the released ones (14 GB for 2b, 21 GB for 5b) will be read from disk again and again.");
    }

    private static SystemFinding Ffmpeg() => FfmpegProgram.Find() is { } program
        ? new("ffmpeg", true, program.Path, null)
        : new("ffmpeg", false, "not on PATH", "No .mp4, .webm, .gif or .webp; .png (animated), .y4m, .safetensors and folders of PNG files are written without it.");

    private static SystemFinding GpuDriver()
    {
        const string Library = "libcuda.so.1", WindowsLibrary = "nvcuda.dll", Version = "/proc/driver/nvidia/version";
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? WindowsLibrary : Library, out nint handle))
            return new("gpu", false, "no NVIDIA driver", "Everything runs on the CPU; GPU kernels aren't used by generate yet.");
        NativeLibrary.Free(handle);
        return new("gpu", true, File.Exists(Version) ? File.ReadLines(Version).First() : "NVIDIA driver present", null);
    }

    private static SystemFinding Ptxas()
    {
        string name = OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas";
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return new("ptxas", found is not null, found ?? "not on PATH", found is null ? "PTX can't be checked by NVIDIA's assembler; nothing else needs it." : null);
    }
}
