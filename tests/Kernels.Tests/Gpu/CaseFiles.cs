using CogVideoX.Testing;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>
/// Launches of the sample kernels: those of ptx-cases, which come with nvcc's PTX, and those of samples/Kernels/Cases, for kernels
/// that nvcc has none of.
/// </summary>
internal static class CaseFiles
{
    private static readonly string[] Folders = [Golden.Path("ptx-cases"), Path.Combine(Golden.Root, "samples", "Kernels", "Cases")];

    public static IEnumerable<string> Names =>
        Folders.SelectMany(f => Directory.GetFiles(f, "*.json")).Select(p => Path.GetFileNameWithoutExtension(p))
            .Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Folders.Select(f => Path.Combine(f, name + ".json")).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"the kernel {name} has no case in {string.Join(" or ", Folders)}");
}
