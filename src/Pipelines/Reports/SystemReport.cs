using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What this machine has, and what each absence costs: the answer of <c>doctor</c>.</summary>
internal static class SystemReport
{
    private const string Without = ".png (animated), .y4m, .safetensors and folders of PNG files are written without it.";

    /// <summary>Looks at CPU, memory, ffmpeg, GPU driver and ptxas.</summary>
    public static IReadOnlyList<SystemFinding> Read() => [Runtime(), Cpu(), Memory(), Ffmpeg(FfmpegProgram.Find()), GpuDriver(), Ptxas()];

    private static SystemFinding Runtime() =>
        new("runtime", true, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}", null);

    private static SystemFinding Cpu()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512
            : Vector256.IsHardwareAccelerated ? 256
            : Vector128.IsHardwareAccelerated ? 128
            : 0;
        bool fma = Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported;
        string processors = $"{Environment.ProcessorCount} processors, {RuntimeInformation.ProcessArchitecture}";
        string vectors = $"vectors of {bits} bits, {(fma ? "with" : "without")} fused multiply-add";
        string? instruction = CpuPaths.InstructionOfBf16;
        string products = instruction is null ? "no bf16" : $"bf16 by {instruction}";
        string tuned = CpuPaths.Tuned.Count > 0 ? ", tuned tiles" : "";
        string found = $"{processors}, {vectors}; machine code with {CpuPaths.InstructionSets}; {products}{tuned}";
        bool isGood = bits >= 256 && fma;
        const string Slow = "Everything runs, several times slower than with AVX2 and FMA.";
        return new("cpu", isGood, found, isGood ? CostOf(instruction) ?? CpuPaths.Tuned.Problem : Slow);

        static string? CostOf(string? instruction) => CpuPaths.Gain(CpuProducts.Bf16) > 1 ? null
            : instruction is not null ? "Without AVX512-BF16, --compute bf16 is no faster than fp32; its frames are the same as with it."
            : $"--compute bf16 is refused: {CpuPaths.Lack(CpuProducts.Bf16)}.";
    }

    private static SystemFinding Memory()
    {
        const long Comfortable = 16_000_000_000;
        long free = SystemMemory.FreeBytes();
        const string Cost = "The bundled model runs; the weights of the released ones (14 GB for 2b, 21 GB for 5b) "
            + "will be read from disk again and again.";
        string found = FormattableString.Invariant($"{SystemMemory.TotalBytes() / 1e9:F1} GB, {free / 1e9:F1} GB free");
        return new("memory", free >= Comfortable, found, free >= Comfortable ? null : Cost);
    }

    /// <summary>Runs it, since one that is there may be broken, or built without what we need.</summary>
    internal static SystemFinding Ffmpeg(FfmpegProgram? program)
    {
        string none = $"No {Endings(VideoFormats.All.Where(format => format.NeedsFfmpeg))}; {Without}";
        if (program is null)
            return new("ffmpeg", false, "not on PATH", none);
        try
        {
            string version = program.Version();
            (FfmpegFormat Format, FfmpegEncoder? Encoder)[] formats =
                [.. VideoFormats.All.OfType<FfmpegFormat>().Select(format => (format, EncoderOf(format)))];
            var missing = formats.Where(pair => pair.Encoder is null).Select(pair => pair.Format).ToList();
            IEnumerable<string> lacking =
                missing.SelectMany(format => format.EncodersFor(new())).Select(encoder => encoder.Name).Distinct();
            string encoders = string.Join(", ", formats.Select(pair => pair.Encoder?.Name).OfType<string>().Distinct());
            return new(
                "ffmpeg", missing.Count == 0, $"{program.Path}, {version}; encoders: {(encoders == "" ? "none that we use" : encoders)}",
                missing.Count == 0 ? null : $"Built without {string.Join(", ", lacking)}: no {Endings(missing)}; {Without}");
        }
        catch (IOException exception)
        {
            return new("ffmpeg", false, $"{program.Path} doesn't work: {exception.Message}", none);
        }

        FfmpegEncoder? EncoderOf(FfmpegFormat format) =>
            format.EncodersFor(new()).FirstOrDefault(encoder => program.HasEncoder(encoder.Name));
    }

    private static string Endings(IEnumerable<VideoFormat> formats) => string.Join(", ", formats.Select(format => format.Extension));

    private static SystemFinding GpuDriver()
    {
        const string Library = "libcuda.so.1", WindowsLibrary = "nvcuda.dll", Version = "/proc/driver/nvidia/version";
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? WindowsLibrary : Library, out nint handle))
            return new("gpu", false, "no NVIDIA driver", "Everything runs on the CPU; --device gpu has nothing to run on.");
        int? cuda = DriverVersion.Of(handle);
        NativeLibrary.Free(handle);
        return GpuDriver(File.Exists(Version) ? File.ReadLines(Version).First() : "NVIDIA driver present", cuda);
    }

    /// <summary>A driver that is there may be older than the PTX that it would have to take.</summary>
    /// <param name="name">as the driver calls itself</param> <param name="cuda">what it says of CUDA, such as 12040; null if it says
    /// nothing</param>
    internal static SystemFinding GpuDriver(string name, int? cuda)
    {
        if (cuda is not { } version)
            return new("gpu", false, $"{name}; it doesn't say for which CUDA it is", "It may refuse the GPU kernels' PTX.");
        int ptx = DriverVersion.PtxOf(version), needed = DriverVersion.NewestPtx;
        string found = $"{name}; CUDA {version / 1000}.{version % 1000 / 10}, PTX up to {DriverVersion.Text(ptx)}";
        if (ptx >= needed)
            return new("gpu", true, found, null);
        string cost = $"GPU kernels are PTX of up to {DriverVersion.Text(needed)}: those newer than the driver won't load. Update it.";
        return new("gpu", false, found, cost);
    }

    private static SystemFinding Ptxas()
    {
        string name = OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas";
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return found is null
            ? new("ptxas", false, "not on PATH", "PTX can't be checked by NVIDIA's assembler; nothing else needs it.")
            : new("ptxas", true, found, null);
    }
}
