using System.Runtime.InteropServices;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What an NVIDIA driver takes.</summary>
internal static class DriverVersion
{
    /// <summary>PTX ISA version, times ten, of the newest of this library's kernels: eight-bit floats need it.</summary>
    public const int NewestPtx = 81;

    /// <summary>The CUDA version that the driver is for, as 1000 · major + 10 · minor; null if it doesn't say.</summary>
    /// <param name="driver">the driver's library, loaded</param>
    public static unsafe int? Of(nint driver)
    {
        int version = 0;
        bool says = NativeLibrary.TryGetExport(driver, "cuDriverGetVersion", out nint function)
            && ((delegate* unmanaged<int*, int>)function)(&version) == 0 && version > 0;
        return says ? version : null;
    }

    /// <summary>The newest PTX ISA version, times ten, that a driver for this CUDA takes (PTX ISA 13, release notes).</summary>
    public static int PtxOf(int cuda)
    {
        int major = cuda / 1000, minor = cuda % 1000 / 10;
        return major switch
        {
            < 11 => 65,
            11 => 70 + Math.Min(minor, 8),
            12 => 80 + (minor < 6 ? minor : minor - 1), // 12.5 and 12.6 are both of 8.5
            _ => (major - 4) * 10 + minor,
        };
    }

    public static string Text(int version) => FormattableString.Invariant($"{version / 10}.{version % 10}");
}
